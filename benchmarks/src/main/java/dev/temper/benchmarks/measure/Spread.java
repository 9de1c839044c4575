package dev.temper.benchmarks.measure;

import java.util.Arrays;
import java.util.List;

/**
 * What repeated measurements of one thing say.
 *
 * @param median the middle one; half-way between the middle two of an even number
 * @param lower first quartile, interpolated
 * @param upper third quartile, interpolated
 * @param least smallest
 * @param most largest
 * @param samples how many
 */
public record Spread(double median, double lower, double upper, double least, double most, int samples) {

    /** The spread of at least one measurement. */
    public static Spread of(List<Double> measured) {
        if (measured.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = measured.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Spread(
                quantile(sorted, 0.5),
                quantile(sorted, 0.25),
                quantile(sorted, 0.75),
                sorted[0],
                sorted[sorted.length - 1],
                sorted.length);
    }

    /** The value below which a share of the sorted values lies, linear between neighbours (Hyndman and Fan's type 7). */
    public static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
