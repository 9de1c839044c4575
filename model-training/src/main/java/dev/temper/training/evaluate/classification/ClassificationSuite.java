package dev.temper.training.evaluate.classification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.metrics.Bootstrap;
import dev.temper.training.metrics.Ranking;
import dev.temper.training.subspace.LabelRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@link ClassificationPlan} with its data read. Owns its scorer. */
final class ClassificationSuite implements Suite<ClassificationNumbers> {
    private static final int WINDOW = 256; // enough for batches of texts of like length
    private static final int DECIMALS = 3;

    private final ClassificationPlan plan;
    private final LabelRule rule;
    private final List<DataFile> files;
    private final List<Item> items;
    private final RowScorer scorer;

    /** A text, and the side of its label. */
    record Item(String group, LabelledRow row, boolean toxic) {}

    ClassificationSuite(
            ClassificationPlan plan, LabelRule rule, List<DataFile> files, List<Item> items, RowScorer scorer) {
        this.plan = plan;
        this.rule = rule;
        this.files = List.copyOf(files);
        this.items = List.copyOf(items);
        this.scorer = scorer;
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = scorer.description();
        files.forEach(file -> node.withArray("data").add(file.name() + " " + file.sha256()));
        return node.put("texts", items.size())
                .put("toxic_texts", items.stream().filter(Item::toxic).count())
                .put("limit", plan.limit())
                .put("rows", plan.heldOut() ? "held out from training" : "all")
                .put("rule", rule.describe());
    }

    @Override
    public Class<ClassificationNumbers> rowType() {
        return ClassificationNumbers.class;
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public int window() {
        return WINDOW;
    }

    @Override
    public Optional<String> inapplicable(EvaluatedSystem system) {
        return scorer.inapplicable(system);
    }

    @Override
    public List<ClassificationNumbers> measure(EvaluatedSystem system, int from, int to) {
        List<Item> window = items.subList(from, to);
        double[] scores = scorer.toxicity(system, window.stream().map(Item::row).toList());
        return IntStream.range(0, scores.length)
                .mapToObj(i -> new ClassificationNumbers(
                        window.get(i).group() + ":" + window.get(i).row().id(),
                        window.get(i).group(),
                        window.get(i).toxic(),
                        scores[i]))
                .toList();
    }

    @Override
    public List<Measure<ClassificationNumbers>> measures() {
        List<Measure<ClassificationNumbers>> measures = new ArrayList<>();
        Measure<ClassificationNumbers> mean =
                new Measure<>("roc_auc", DECIMALS, row -> true, ClassificationSuite::meanOfFiles);
        measures.add(mean);
        if (files.size() > 1) {
            files.forEach(
                    file -> measures.add(mean.in(file.name(), row -> row.group().equals(file.name()))));
        }
        return measures;
    }

    /** Mean over files of their areas; a file of which a draw has one class only is left out of it. */
    private static Bootstrap.Statistic meanOfFiles(List<ClassificationNumbers> rows) {
        List<String> groups =
                rows.stream().map(ClassificationNumbers::group).distinct().toList();
        int[] group = rows.stream().mapToInt(row -> groups.indexOf(row.group())).toArray();
        Bootstrap.Statistic ofSome = area(rows);
        return drawn -> IntStream.range(0, groups.size())
                .mapToDouble(g -> ofSome.of(
                        Arrays.stream(drawn).filter(i -> group[i] == g).toArray()))
                .filter(area -> !Double.isNaN(area))
                .average()
                .orElse(Double.NaN);
    }

    private static Bootstrap.Statistic area(List<ClassificationNumbers> rows) {
        boolean[] toxic = new boolean[rows.size()];
        double[] scores = new double[rows.size()];
        for (int i = 0; i < toxic.length; i++) {
            toxic[i] = rows.get(i).toxic();
            scores[i] = rows.get(i).score();
        }
        return Ranking.rocAucOfDraws(toxic, scores);
    }

    @Override
    public void close() {
        scorer.close();
    }
}
