package dev.temper.training.regularise;

/** In which order an iteration samples, trains R and fine-tunes. */
public enum Algorithm {
    /** One after the other: the model learns from the R of its own samples. */
    SEQUENTIAL,
    /**
     * R and the model at the same time, each using the state that the other had at the end of the iteration before. Needs
     * two devices, or processor cores to spare, to be faster.
     */
    PARALLEL,
    /** No regulariser: plain fine-tuning on the domains' language-model loss. */
    PLAIN,
    /** No regulariser and no texts: a policy gradient on the model's own answers, whose labels are the rewards. */
    REINFORCE
}
