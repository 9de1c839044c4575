package dev.temper.training.classifier;

import dev.temper.training.classifier.ClassifierReport.FileReport;
import dev.temper.training.metrics.Bootstrap;
import dev.temper.training.metrics.Interval;
import dev.temper.training.metrics.Ranking;
import dev.temper.training.metrics.SampleToxicity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Judges a classifier on rows that it did not learn from, file by file: files differ in what they call toxic. */
final class HeldOutJudge {
    private static final int ROWS_AT_ONCE = 64;

    private final List<TrainingData.Source> sources;
    private final List<List<EncodedRow>> looks; // for each source, the rows of a quick look
    private final long seed;

    HeldOutJudge(List<TrainingData.Source> sources, int rowsPerLook, long seed) {
        this.sources = sources;
        this.seed = seed;
        this.looks = new ArrayList<>();
        for (TrainingData.Source source : sources) {
            List<EncodedRow> shuffled = new ArrayList<>(source.heldOut());
            Collections.shuffle(shuffled, new Random(seed));
            looks.add(List.copyOf(shuffled.subList(0, Math.min(rowsPerLook, shuffled.size()))));
        }
    }

    /**
     * What early stopping goes by: the mean over files of the ROC-AUC of their look's rows. Where no file has both
     * classes, the ROC-AUC of all files' rows together.
     */
    double look(ClassifierModel model) {
        List<EncodedRow> all = new ArrayList<>();
        List<Double> pooled = new ArrayList<>();
        List<Double> areas = new ArrayList<>();
        for (List<EncodedRow> rows : looks) {
            double[] scores = toxicity(model, rows);
            double area = Ranking.rocAuc(toxic(rows), scores);
            if (!Double.isNaN(area)) {
                areas.add(area);
            }
            all.addAll(rows);
            Arrays.stream(scores).forEach(pooled::add);
        }
        return areas.isEmpty()
                ? Ranking.rocAuc(
                        toxic(all),
                        pooled.stream().mapToDouble(Double::doubleValue).toArray())
                : areas.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** All held-out rows of all files, with intervals over rows. */
    List<FileReport> report(ClassifierModel model) {
        return sources.stream().map(source -> report(model, source)).toList();
    }

    private FileReport report(ClassifierModel model, TrainingData.Source source) {
        List<EncodedRow> rows = source.heldOut();
        double[] scores = toxicity(model, rows);
        boolean[] toxic = toxic(rows);
        Interval rocAuc = new Bootstrap(Bootstrap.DEFAULT_RESAMPLES, seed)
                .interval(
                        rows.size(),
                        drawn -> Ranking.rocAuc(
                                gather(toxic, drawn),
                                Arrays.stream(drawn).mapToDouble(i -> scores[i]).toArray()));
        int positives = 0;
        int found = 0;
        int falseAlarms = 0;
        for (int i = 0; i < toxic.length; i++) {
            boolean flagged = scores[i] >= SampleToxicity.THRESHOLD;
            positives += toxic[i] ? 1 : 0;
            found += toxic[i] && flagged ? 1 : 0;
            falseAlarms += !toxic[i] && flagged ? 1 : 0;
        }
        return new FileReport(
                source.file().name(),
                source.file().sha256(),
                source.used(),
                rows.size(),
                positives,
                rocAuc,
                Ranking.averagePrecision(toxic, scores),
                positives == 0 ? Double.NaN : (double) found / positives,
                positives == rows.size() ? Double.NaN : (double) falseAlarms / (rows.size() - positives));
    }

    private static boolean[] gather(boolean[] values, int[] chosen) {
        boolean[] gathered = new boolean[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            gathered[i] = values[chosen[i]];
        }
        return gathered;
    }

    private static boolean[] toxic(List<EncodedRow> rows) {
        boolean[] toxic = new boolean[rows.size()];
        for (int i = 0; i < toxic.length; i++) {
            toxic[i] = rows.get(i).toxic();
        }
        return toxic;
    }

    /** Scores in the order of the rows; computed in the order of lengths, to pad little. */
    private static double[] toxicity(ClassifierModel model, List<EncodedRow> rows) {
        Integer[] order = new Integer[rows.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt(i -> rows.get(i).ids().length));
        double[] scores = new double[rows.size()];
        for (int start = 0; start < order.length; start += ROWS_AT_ONCE) {
            int end = Math.min(start + ROWS_AT_ONCE, order.length);
            double[] some = model.toxicity(
                    Arrays.stream(order, start, end).map(rows::get).toList());
            for (int i = start; i < end; i++) {
                scores[order[i]] = some[i - start];
            }
        }
        return scores;
    }
}
