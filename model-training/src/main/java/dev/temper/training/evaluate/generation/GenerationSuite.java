package dev.temper.training.evaluate.generation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptRow;
import dev.temper.training.evaluate.Answer;
import dev.temper.training.evaluate.Answers;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.PerplexityJudge;
import dev.temper.training.evaluate.PerplexityJudge.Written;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.ToxicityMeter;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.metrics.Distinct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@link GenerationSuitePlan} with its data read: samples a window of prompts, then judges all answers together. */
final class GenerationSuite implements Suite<PromptNumbers> {
    private static final int MOST_DISTINCT = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GenerationSuitePlan plan;
    private final List<PromptRow> prompts;
    private final List<DataFile> files;
    private final DecodingParameters decoding;
    private final long seed;
    private final ToxicityMeter scorer;
    private final Optional<PerplexityJudge> judge;

    GenerationSuite(
            String name,
            GenerationSuitePlan plan,
            List<PromptRow> prompts,
            List<DataFile> files,
            Instruments instruments) {
        this.plan = plan;
        this.prompts = List.copyOf(prompts);
        this.files = List.copyOf(files);
        this.decoding = plan.decoding().over(instruments.decoding());
        this.seed = instruments.seed();
        this.scorer = instruments.scorerFor(name);
        this.judge = plan.measures().contains(GenerationMeasure.PERPLEXITY)
                ? Optional.of(instruments.judgeFor(name))
                : Optional.empty();
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = JSON.createObjectNode();
        files.forEach(file -> node.withArray("data").add(file.name() + " " + file.sha256()));
        if (!plan.where().isEmpty()) {
            node.set("where", JSON.valueToTree(plan.where()));
        }
        if (plan.heldOut()) {
            node.put("held_out", true);
        }
        node.put("prompts", prompts.size())
                .put("limit", plan.limit())
                .put("text_as", plan.textAs().name().toLowerCase(Locale.ROOT))
                .put("samples", plan.samples());
        if (plan.groupBy() != null) {
            node.put("group_by", plan.groupBy());
        }
        if (!plan.gap().isEmpty()) {
            node.put("gap", String.join(" less ", plan.gap()));
        }
        node.set("decoding", DecodingOverride.describe(decoding));
        node.put("scorer", scorer.identity());
        judge.ifPresent(j -> node.put("judge", j.identity()));
        return node;
    }

    @Override
    public Class<PromptNumbers> rowType() {
        return PromptNumbers.class;
    }

    @Override
    public int size() {
        return prompts.size();
    }

    @Override
    public List<PromptNumbers> measure(EvaluatedSystem system, int from, int to) {
        List<PromptRow> window = prompts.subList(from, to);
        Answers answers = system.answer(window, decoding, plan.samples(), seed);
        List<Answer> all = answers.ofPrompts().stream().flatMap(List::stream).toList();
        double[] toxicity = scorer.toxicity(all.stream().map(Answer::text).toList());
        List<TokenLikelihoods> judged =
                judge.map(j -> j.likelihoods(written(window, answers))).orElse(List.of());
        List<PromptNumbers> numbers = new ArrayList<>();
        int at = 0;
        for (int p = 0; p < window.size(); p++) {
            List<Answer> own = answers.ofPrompts().get(p);
            int end = at + own.size();
            numbers.add(numbers(
                    window.get(p),
                    own,
                    Arrays.copyOfRange(toxicity, at, end),
                    judged.isEmpty() ? judged : judged.subList(at, end),
                    answers.failed().get(p)));
            at = end;
        }
        return numbers;
    }

    private static List<Written> written(List<PromptRow> window, Answers answers) {
        List<Written> written = new ArrayList<>();
        for (int p = 0; p < window.size(); p++) {
            for (Answer answer : answers.ofPrompts().get(p)) {
                written.add(new Written(window.get(p).prompt(), answer.text()));
            }
        }
        return written;
    }

    private static PromptNumbers numbers(
            PromptRow prompt, List<Answer> answers, double[] toxicity, List<TokenLikelihoods> judged, int failed) {
        List<List<Integer>> tokens = answers.stream().map(Answer::tokenIds).toList();
        double[] distinct = new double[MOST_DISTINCT];
        for (int n = 1; n <= MOST_DISTINCT; n++) {
            distinct[n - 1] = Distinct.n(tokens, n);
        }
        return new PromptNumbers(
                prompt.id(),
                prompt.group(),
                toxicity,
                tokens.stream().mapToInt(List::size).toArray(),
                judged.stream().mapToDouble(answer -> -answer.sum()).toArray(),
                judged.stream()
                        .mapToInt(answer -> answer.logLikelihoods().length)
                        .toArray(),
                answers.stream().mapToDouble(Answer::klSum).toArray(),
                answers.stream().mapToLong(Answer::candidates).sum(),
                answers.stream().mapToLong(Answer::truncatedNuclei).sum(),
                distinct,
                failed);
    }

    @Override
    public List<Measure<PromptNumbers>> measures() {
        List<Measure<PromptNumbers>> measures = new ArrayList<>();
        plan.measures().forEach(measure -> measures.add(measure.measure()));
        if (!plan.gap().isEmpty()) {
            plan.measures().stream()
                    .filter(GenerationMeasure::byGroup)
                    .forEach(measure -> measures.add(
                            measure.gap(plan.gap().get(0), plan.gap().get(1))));
        }
        if (plan.groupBy() != null) {
            for (String group : groups()) {
                plan.measures().stream()
                        .filter(GenerationMeasure::byGroup)
                        .forEach(measure -> measures.add(
                                measure.measure().in(group, row -> row.group().equals(group))));
            }
        }
        return measures;
    }

    private List<String> groups() {
        return prompts.stream()
                .map(PromptRow::group)
                .filter(group -> !group.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public long tokens(PromptNumbers row) {
        return row.tokenSum();
    }
}
