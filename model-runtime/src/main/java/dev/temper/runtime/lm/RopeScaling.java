package dev.temper.runtime.lm;

/** How the rotary frequencies of a model were stretched for positions beyond those that it was first trained on. */
public sealed interface RopeScaling {

    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** All frequencies divided by one factor: position interpolation, Chen et al. 2023 (arXiv 2306.15595). */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            requireAtLeastOne(factor);
        }
    }

    /**
     * Long wavelengths divided, short ones kept, those between blended: Llama 3.1.
     *
     * @param factor divisor of the long wavelengths, at least 1
     * @param lowFreqFactor wavelengths above {@code originalMaxPositions / lowFreqFactor} are divided
     * @param highFreqFactor wavelengths below {@code originalMaxPositions / highFreqFactor} are kept; above
     *     {@code lowFreqFactor}
     * @param originalMaxPositions positions of the first training
     */
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
            implements RopeScaling {
        public Llama3 {
            requireAtLeastOne(factor);
            if (!(lowFreqFactor > 0) || !(highFreqFactor > lowFreqFactor) || Double.isInfinite(highFreqFactor)) {
                throw new IllegalArgumentException("0 < low_freq_factor < high_freq_factor must hold, not "
                        + lowFreqFactor + " and " + highFreqFactor);
            }
            if (originalMaxPositions < 1) {
                throw new IllegalArgumentException(
                        "original_max_position_embeddings must be at least 1, not " + originalMaxPositions);
            }
        }
    }

    private static void requireAtLeastOne(double factor) {
        if (!(factor >= 1) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("a rope scaling factor must be finite and at least 1, not " + factor);
        }
    }
}
