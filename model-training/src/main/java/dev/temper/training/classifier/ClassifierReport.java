package dev.temper.training.classifier;

import dev.temper.training.metrics.Interval;
import java.util.List;
import java.util.Locale;

/**
 * How a training went.
 *
 * @param steps steps done
 * @param bestStep step whose weights were kept
 * @param trainingRows rows learnt from
 * @param files how well the kept weights do on each file's held-out rows
 */
public record ClassifierReport(long steps, long bestStep, long trainingRows, List<FileReport> files) {
    public ClassifierReport {
        files = List.copyOf(files);
    }

    /**
     * One file; a number that its rows cannot give is NaN.
     *
     * @param name the file's name
     * @param sha256 hash of its bytes
     * @param rows rows used, for training or held out
     * @param heldOut rows held out
     * @param toxic held-out rows with a label of at least 0.5
     * @param rocAuc area under the ROC curve, with its interval over rows
     * @param averagePrecision average precision of the toxic class
     * @param recall share of the toxic rows that score at least 0.5
     * @param falseAlarms share of the other rows that score at least 0.5
     */
    public record FileReport(
            String name,
            String sha256,
            long rows,
            int heldOut,
            int toxic,
            Interval rocAuc,
            double averagePrecision,
            double recall,
            double falseAlarms) {}

    /** A Markdown table, one line a file. */
    public String toMarkdown() {
        StringBuilder table = new StringBuilder("| file | rows | held out | toxic | ROC-AUC | average precision |"
                + " recall at 0.5 | false alarms at 0.5 |\n|---|---|---|---|---|---|---|---|\n");
        for (FileReport f : files) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,d | %s | %s | %s | %s |%n",
                    f.name(),
                    f.rows(),
                    f.heldOut(),
                    f.toxic(),
                    Double.isNaN(f.rocAuc().value()) ? "-" : f.rocAuc().format(3),
                    orDash(f.averagePrecision()),
                    orDash(f.recall()),
                    orDash(f.falseAlarms())));
        }
        return table.toString();
    }

    private static String orDash(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }
}
