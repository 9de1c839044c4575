package dev.temper.training.regularise;

import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.nado.LabelledSequence;
import java.util.List;

/** Samples of a language model with the oracle's word on each. */
public interface SampleSource {

    /**
     * Samples anew. The same arguments give the same samples.
     *
     * @param lm the model to sample from
     */
    List<LabelledSequence> sample(ModelFolder lm, long seed);
}
