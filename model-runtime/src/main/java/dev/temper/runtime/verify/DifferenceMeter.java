package dev.temper.runtime.verify;

import dev.temper.runtime.verify.Difference.Quantity;

/** Adds up differences of one golden item. */
final class DifferenceMeter {
    private final String name;
    private final Quantity quantity;
    private long values;
    private double maxAbsolute;
    private double maxReference;
    private double sum;

    DifferenceMeter(String name, Quantity quantity) {
        this.name = name;
        this.quantity = quantity;
    }

    /** Compares {@code count} values that begin at the two offsets. */
    void add(float[] computed, int computedFrom, float[] reference, int referenceFrom, int count) {
        for (int i = 0; i < count; i++) {
            add(computed[computedFrom + i], reference[referenceFrom + i]);
        }
    }

    void add(double computed, double reference) {
        double difference = Math.abs(computed - reference);
        // A NaN would lose every comparison and go unseen.
        maxAbsolute = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(maxAbsolute, difference);
        maxReference = Math.max(maxReference, Math.abs(reference));
        sum += difference;
        values++;
    }

    Difference result(Tolerances tolerances) {
        return new Difference(
                name,
                quantity,
                values,
                maxAbsolute,
                maxReference == 0 ? maxAbsolute : maxAbsolute / maxReference,
                values == 0 ? 0 : sum / values,
                tolerances.of(quantity).max(),
                tolerances.of(quantity).mean());
    }
}
