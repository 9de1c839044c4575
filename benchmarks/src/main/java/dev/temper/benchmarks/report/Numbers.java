package dev.temper.benchmarks.report;

import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import java.util.List;
import java.util.Locale;

/** How numbers look in tables: the same on every machine. */
public final class Numbers {
    private Numbers() {}

    public static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** The middle half of what was measured. */
    public static String quartiles(String format, Spread spread) {
        return number(format, spread.lower()) + "-" + number(format, spread.upper());
    }

    /** A table of ratios with their marks. */
    public static TextTable ratios(List<Ratio> ratios) {
        TextTable table = new TextTable("ratio, taken round by round", "median", "quartiles", "mark");
        for (Ratio ratio : ratios) {
            table.row(
                    ratio.name(),
                    number("%.3f", ratio.value().median()),
                    quartiles("%.3f", ratio.value()),
                    ratio.verdict());
        }
        return table;
    }
}
