package dev.temper.benchmarks.decode;

import static dev.temper.benchmarks.report.Numbers.number;
import static dev.temper.benchmarks.report.Numbers.quartiles;

import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import dev.temper.benchmarks.report.Numbers;
import dev.temper.benchmarks.report.TextTable;
import java.util.List;

/**
 * What {@code bench prompts} measured.
 *
 * @param benchmark the command's name
 * @param cases in milliseconds
 */
record PromptsResult(
        String benchmark, Machine machine, PromptsSettings settings, List<Timed> cases, List<Ratio> ratios) {

    /** One case, in milliseconds. */
    record Timed(String name, Spread milliseconds) {}

    /** For people. */
    String toText() {
        TextTable table = new TextTable("case", "ms", "quartiles");
        cases.forEach(timed -> table.row(
                timed.name(), number("%.1f", timed.milliseconds().median()), quartiles("%.1f", timed.milliseconds())));
        return String.join(
                System.lineSeparator(),
                settings.model() + " on " + machine.summary(),
                "",
                table.toString(),
                Numbers.ratios(ratios).toString());
    }
}
