package dev.temper.training.evaluate.utility;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.DataFile;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.utility.ChoiceJudge.Asked;
import dev.temper.training.evaluate.utility.ChoiceNumbers.Per;
import dev.temper.training.likelihood.SpanEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link MultipleChoicePlan} with its data read. */
final class MultipleChoiceSuite implements Suite<ChoiceNumbers> {
    private static final int WINDOW = 256; // enough for batches of questions of like length

    private final MultipleChoicePlan plan;
    private final Map<String, DataFile> files;
    private final List<ChoiceItem> items;

    MultipleChoiceSuite(MultipleChoicePlan plan, Map<String, DataFile> files, List<ChoiceItem> items) {
        this.plan = plan;
        this.files = new LinkedHashMap<>(files);
        this.items = List.copyOf(items);
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        ObjectNode data = node.putObject("data");
        files.forEach((group, file) -> data.put(group, file.name() + " " + file.sha256()));
        return node.put("questions", items.size())
                .put("limit", plan.limit())
                .put("shots", 0)
                .put("delimiter", plan.delimiter().replace("\n", "\\n"));
    }

    @Override
    public Class<ChoiceNumbers> rowType() {
        return ChoiceNumbers.class;
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
        return Likelihoods.missing(system);
    }

    @Override
    public List<ChoiceNumbers> measure(EvaluatedSystem system, int from, int to) {
        try (SpanEncoder encoder = SpanEncoder.load(system.model())) {
            List<Asked> asked = items.subList(from, to).stream()
                    .map(item -> new Asked(item, 0, 0))
                    .toList();
            return ChoiceJudge.judge(asked, encoder, Likelihoods.of(system));
        }
    }

    @Override
    public List<Measure<ChoiceNumbers>> measures() {
        List<Measure<ChoiceNumbers>> measures = new ArrayList<>();
        measures.add(ChoiceMeasures.meanOfGroups("accuracy_per_byte", Per.BYTE));
        measures.add(ChoiceMeasures.meanOfGroups("accuracy_per_token", Per.TOKEN));
        measures.add(ChoiceMeasures.meanOfGroups("accuracy", Per.TEXT));
        measures.add(ChoiceMeasures.cutContexts());
        if (files.size() > 1) {
            for (String group : files.keySet()) {
                for (Per per : List.of(Per.BYTE, Per.TOKEN, Per.TEXT)) {
                    String name = per == Per.TEXT
                            ? "accuracy"
                            : "accuracy_per_" + per.name().toLowerCase(java.util.Locale.ROOT);
                    measures.add(ChoiceMeasures.accuracy(name, per)
                            .in(group, row -> row.group().equals(group)));
                }
            }
        }
        return measures;
    }

    @Override
    public long tokens(ChoiceNumbers row) {
        return row.tokenSum();
    }
}
