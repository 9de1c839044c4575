package dev.temper.training.metrics;

import java.util.Locale;

/**
 * A number and its 95 % interval.
 *
 * @param value the estimate; NaN where there is nothing to estimate from
 * @param low the interval's lower end
 * @param high the interval's upper end
 */
public record Interval(double value, double low, double high) {

    /** The number without an interval: both ends are the value. */
    public static Interval exact(double value) {
        return new Interval(value, value, value);
    }

    /** For a table: {@code 0.123 [0.110, 0.140]}. */
    public String format(int decimals) {
        return String.format(
                Locale.ROOT, "%." + decimals + "f [%." + decimals + "f, %." + decimals + "f]", value, low, high);
    }
}
