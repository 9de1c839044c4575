package dev.temper.benchmarks.decode;

import static dev.temper.benchmarks.report.Numbers.number;
import static dev.temper.benchmarks.report.Numbers.quartiles;

import dev.temper.benchmarks.measure.Spread;
import dev.temper.benchmarks.report.Numbers;
import dev.temper.benchmarks.report.TextTable;

/** A result as tables for people. */
final class DecodeReport {
    private DecodeReport() {}

    static String of(DecodeResult result) {
        TextTable cases = new TextTable(
                "weights", "batch", "method", "tokens/s", "quartiles", "ms/step", "passes/token", "candidates");
        for (DecodeResult.Measured measured : result.cases()) {
            cases.row(
                    measured.decoding().weights(),
                    String.valueOf(measured.decoding().batch()),
                    measured.decoding().method(),
                    number("%.1f", measured.tokensPerSecond().median()),
                    quartiles("%.1f", measured.tokensPerSecond()),
                    number("%.2f", measured.msPerStep().median()),
                    number("%.4g", measured.passesPerToken()),
                    number("%.1f", measured.candidatesPerToken()));
        }
        if (result.reference() != null) {
            String name = result.reference().versions().path("name").asText("reference");
            for (DecodeResult.BatchSpeed speed : result.reference().batches()) {
                cases.row(
                        result.cases().get(0).decoding().weights(),
                        String.valueOf(speed.batch()),
                        name,
                        number("%.1f", speed.tokensPerSecond().median()),
                        quartiles("%.1f", speed.tokensPerSecond()),
                        number(
                                "%.2f",
                                1e3 * speed.batch() / speed.tokensPerSecond().median()),
                        "",
                        "");
            }
        }
        Spread read = result.readGigabytesPerSecond();
        Spread host = result.hostMsPerStep();
        return String.join(
                System.lineSeparator(),
                result.settings().model() + " on " + result.machine().summary(),
                number("memory is read at %.1f GB/s", read.median()) + " (" + quartiles("%.1f", read) + ")"
                        + (host == null ? "" : number("; host %.2f ms/step", host.median())),
                "",
                cases.toString(),
                Numbers.ratios(result.ratios()).toString());
    }
}
