package dev.temper.training.evaluate.utility;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.UtilityRow.Question;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.utility.ChoiceJudge.Asked;
import dev.temper.training.evaluate.utility.ChoiceNumbers.Per;
import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.metrics.Bootstrap.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link MmluPlan} with its data read. */
final class MmluSuite implements Suite<ChoiceNumbers> {
    private static final int WINDOW = 64; // prompts are long

    private final MmluPlan plan;
    private final DataFile file;
    private final Map<String, List<Question>> examples;
    private final List<Question> questions;

    MmluSuite(MmluPlan plan, DataFile file, Map<String, List<Question>> examples, List<Question> questions) {
        this.plan = plan;
        this.file = file;
        this.examples = Map.copyOf(examples);
        this.questions = List.copyOf(questions);
    }

    @Override
    public ObjectNode description() {
        return new ObjectMapper()
                .createObjectNode()
                .put("data", file.name() + " " + file.sha256())
                .put("questions", questions.size())
                .put("limit", plan.limit())
                .put("shots", plan.shots());
    }

    @Override
    public Class<ChoiceNumbers> rowType() {
        return ChoiceNumbers.class;
    }

    @Override
    public int size() {
        return questions.size();
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
            List<Asked> asked = questions.subList(from, to).stream()
                    .map(question -> fitting(question, encoder))
                    .toList();
            return ChoiceJudge.judge(asked, encoder, Likelihoods.of(system));
        }
    }

    /** With as many of the last examples as there is room for. */
    private Asked fitting(Question question, SpanEncoder encoder) {
        List<Question> all = examples.getOrDefault(question.subject().orElseThrow(), List.of());
        int given = Math.min(plan.shots(), all.size());
        List<Question> used = all.subList(0, given);
        for (int shots = given; ; shots--) {
            ChoiceItem item = MmluPrompt.of(question, used.subList(given - shots, given));
            boolean fits = encoder.encode(item.options()).stream().allMatch(option -> option.dropped() == 0);
            if (fits || shots == 0) { // what does not fit without examples loses its beginning
                return new Asked(item, shots, given - shots);
            }
        }
    }

    @Override
    public List<Measure<ChoiceNumbers>> measures() {
        List<Measure<ChoiceNumbers>> measures = new ArrayList<>();
        measures.add(ChoiceMeasures.accuracy("accuracy", Per.TEXT));
        measures.add(ChoiceMeasures.meanOfGroups("mean_of_subjects", Per.TEXT));
        measures.add(Measure.ratio("examples", 2, row -> true, row -> new Ratio(row.shots(), 1)));
        measures.add(Measure.ratio(
                "questions_with_dropped_examples",
                3,
                row -> true,
                row -> new Ratio(row.droppedShots() > 0 ? 1 : 0, 1)));
        measures.add(ChoiceMeasures.cutContexts());
        if (plan.bySubject()) {
            questions.stream()
                    .map(question -> question.subject().orElseThrow())
                    .distinct()
                    .sorted()
                    .forEach(subject -> measures.add(ChoiceMeasures.accuracy("accuracy", Per.TEXT)
                            .in(subject, row -> row.group().equals(subject))));
        }
        return measures;
    }
}
