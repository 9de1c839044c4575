package dev.temper.runtime.verify;

/**
 * How far computed values are from the reference's.
 *
 * @param name which golden values, {@code prompt0.logits} for one
 * @param quantity what they are
 * @param values how many were compared
 * @param maxAbsolute largest |computed - reference|; infinite if a computed value is not a number
 * @param maxRelative {@code maxAbsolute} divided by the largest |reference| among these values
 * @param meanAbsolute mean of |computed - reference|
 * @param tolerance largest absolute difference allowed; infinite where none is set
 * @param meanTolerance largest mean allowed; infinite where none is set
 */
public record Difference(
        String name,
        Quantity quantity,
        long values,
        double maxAbsolute,
        double maxRelative,
        double meanAbsolute,
        double tolerance,
        double meanTolerance) {

    /** What is compared. */
    public enum Quantity {
        LOGITS("logits"),
        HIDDEN("hidden states"),
        LOG_PROBABILITY("log-probabilities"),
        PROBABILITY("probabilities");

        private final String label;

        Quantity(String label) {
            this.label = label;
        }

        /** The name for people. */
        public String label() {
            return label;
        }
    }

    /** Whether the difference is allowed. Values that are no numbers never are. */
    public boolean passed() {
        return maxAbsolute <= tolerance && meanAbsolute <= meanTolerance && Double.isFinite(maxAbsolute);
    }
}
