package dev.temper.runtime.verify;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.verify.Difference.Quantity;

/**
 * Largest differences that pass. In float32 they are about ten times what two ways of computing the same thing in the
 * reference differ by, and far below what a mistake costs. Of half precision the largest difference says little, since two
 * computations of the reference itself differ by half a logit in bfloat16; there the mean over all positions tells a
 * mistake from rounding. They are about three times what was measured; {@code docs/models.md} has the numbers.
 *
 * @param logits of a language model or a classifier
 * @param hidden hidden states
 * @param logProbabilities of single tokens
 * @param probabilities of a classifier's labels
 */
public record Tolerances(Limit logits, Limit hidden, Limit logProbabilities, Limit probabilities) {
    private static final double ANY = Double.POSITIVE_INFINITY;

    /**
     * Limits of the differences of one kind of numbers.
     *
     * @param max of any single one
     * @param mean of those of one golden item
     */
    public record Limit(double max, double mean) {
        /** Only single differences count. */
        static Limit max(double max) {
            return new Limit(max, ANY);
        }
    }

    private static final Limit NONE = Limit.max(ANY);

    /** float32 language models. */
    public static final Tolerances CAUSAL_LM =
            new Tolerances(Limit.max(3e-4), Limit.max(2e-4), Limit.max(4e-4), Limit.max(1e-4));

    /** float32 classifiers on a decoder. */
    public static final Tolerances DECODER_CLASSIFIER =
            new Tolerances(Limit.max(1e-4), Limit.max(2e-4), NONE, Limit.max(1e-4));

    /** float32 classifiers on an encoder: a wrong epsilon of a layer norm changes logits by no more than 3e-5. */
    public static final Tolerances ENCODER_CLASSIFIER =
            new Tolerances(Limit.max(2e-5), Limit.max(2e-5), NONE, Limit.max(2e-5));

    /** bfloat16 models of any kind: 8 bits of fraction. */
    public static final Tolerances BFLOAT16 =
            new Tolerances(new Limit(4, 0.35), new Limit(2, 0.3), new Limit(1.5, 0.25), Limit.max(0.1));

    /** float16 models of any kind: 11 bits of fraction, so an eighth of bfloat16's. */
    public static final Tolerances FLOAT16 =
            new Tolerances(new Limit(0.5, 0.05), new Limit(0.25, 0.04), new Limit(0.2, 0.03), Limit.max(0.0125));

    /** These for float32, those of the type for half precision. */
    Tolerances when(ElementType type) {
        return switch (type) {
            case BFLOAT16 -> BFLOAT16;
            case FLOAT16 -> FLOAT16;
            default -> this;
        };
    }

    Limit of(Quantity quantity) {
        return switch (quantity) {
            case LOGITS -> logits;
            case HIDDEN -> hidden;
            case LOG_PROBABILITY -> logProbabilities;
            case PROBABILITY -> probabilities;
        };
    }
}
