package dev.temper.runtime.verify;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.verify.Difference.Quantity;

/**
 * Largest absolute differences that pass. In float32 they are about ten times what two ways of computing the same thing
 * in the reference differ by, and far below what a mistake costs. bfloat16 has none: two computations of the reference
 * itself differ by as much as mistakes do.
 *
 * @param logits of a language model
 * @param hidden hidden states after the final norm
 * @param logProbabilities of single tokens
 * @param probabilities of a classifier's labels
 */
public record Tolerances(double logits, double hidden, double logProbabilities, double probabilities) {
    private static final double ANY = Double.POSITIVE_INFINITY;

    /** float32 language models. */
    public static final Tolerances CAUSAL_LM = new Tolerances(3e-4, 2e-4, 4e-4, ANY);

    /** float32 classifiers on a decoder. */
    public static final Tolerances DECODER_CLASSIFIER = new Tolerances(1e-4, 2e-4, ANY, 1e-4);

    /** float32 classifiers on an encoder: a wrong epsilon of a layer norm changes logits by no more than 3e-5. */
    public static final Tolerances ENCODER_CLASSIFIER = new Tolerances(2e-5, 2e-5, ANY, 2e-5);

    /** Everything passes that is a number. */
    public static final Tolerances INFORMATIVE = new Tolerances(ANY, ANY, ANY, ANY);

    /** These tolerances for float32, none for other types. */
    Tolerances when(ElementType type) {
        return type == ElementType.FLOAT32 ? this : INFORMATIVE;
    }

    double of(Quantity quantity) {
        return switch (quantity) {
            case LOGITS -> logits;
            case HIDDEN -> hidden;
            case LOG_PROBABILITY -> logProbabilities;
            case PROBABILITY -> probabilities;
        };
    }
}
