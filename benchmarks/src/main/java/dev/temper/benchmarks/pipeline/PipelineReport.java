package dev.temper.benchmarks.pipeline;

import static dev.temper.benchmarks.report.Numbers.number;
import static dev.temper.benchmarks.report.Numbers.quartiles;

import dev.temper.benchmarks.report.Numbers;
import dev.temper.benchmarks.report.TextTable;

/** A result as tables for people. */
final class PipelineReport {
    private static final double MARK_P50_MS = 15;
    private static final double MARK_P99_MS = 60;

    private PipelineReport() {}

    static String of(PipelineResult result) {
        TextTable throughput = new TextTable("way", "prompts/s", "quartiles", "tokens/s");
        for (PipelineResult.Measured measured : result.throughput()) {
            throughput.row(
                    measured.way(),
                    number("%.1f", measured.promptsPerSecond().median()),
                    quartiles("%.1f", measured.promptsPerSecond()),
                    number("%.0f", measured.tokensPerSecond().median()));
        }
        PipelineResult.AddedLatency added = result.latency();
        TextTable latency = new TextTable("added latency", "ms", "mark, the commit interval included");
        latency.row("p50", number("%.1f", added.p50Ms()), mark(added.p50Ms(), MARK_P50_MS + added.commitIntervalMs()));
        latency.row("p90", number("%.1f", added.p90Ms()), "");
        latency.row("p99", number("%.1f", added.p99Ms()), mark(added.p99Ms(), MARK_P99_MS + added.commitIntervalMs()));
        latency.row("most", number("%.1f", added.mostMs()), "");
        return String.join(
                System.lineSeparator(),
                result.settings().model() + " on " + result.machine().summary(),
                "",
                throughput.toString(),
                Numbers.ratios(result.ratios()).toString(),
                number("at %.1f prompts/s", result.load()) + ", " + added.prompts() + " prompts, commit interval "
                        + added.commitIntervalMs() + " ms:",
                "",
                latency.toString());
    }

    private static String mark(double value, double most) {
        return number("<= %.0f ", most) + (value <= most ? "met" : "MISSED");
    }
}
