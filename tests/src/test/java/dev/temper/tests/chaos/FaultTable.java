package dev.temper.tests.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The suite's one table. Thread-safe. */
final class FaultTable {
    private static final String HEAD = """
            | fault | times | events | lost | duplicated | out of order | recovery, median / max |
            |---|---|---|---|---|---|---|
            """;

    private final List<String> rows = new ArrayList<>();

    /** Adds a trial's row, and shows it: the long form takes a while. */
    synchronized void add(String fault, Ledger ledger, Verdict verdict) {
        List<Double> seconds = ledger.recoverySeconds().stream().sorted().toList();
        String recovery = seconds.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.1f s / %.1f s",
                        seconds.get(seconds.size() / 2),
                        seconds.get(seconds.size() - 1));
        String row = String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %s |",
                fault,
                ledger.faultCount(),
                ledger.sentCount(),
                verdict.lost(),
                verdict.duplicated(),
                verdict.outOfOrder(),
                recovery);
        rows.add(row);
        System.out.println(row);
    }

    /** Shows it, and keeps it where builds keep their results. */
    synchronized void publish(Scale scale) throws IOException {
        String table = HEAD + String.join("\n", rows) + "\n";
        System.out.println("\nChaos suite, " + scale.name() + " form, seed " + scale.seed() + "\n\n" + table);
        Files.writeString(Files.createDirectories(Path.of("target")).resolve("chaos-" + scale.name() + ".md"), table);
    }
}
