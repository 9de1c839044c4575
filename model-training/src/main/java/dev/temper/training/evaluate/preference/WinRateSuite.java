package dev.temper.training.evaluate.preference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptRow;
import dev.temper.training.evaluate.Answer;
import dev.temper.training.evaluate.Answers;
import dev.temper.training.evaluate.Comparison;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.PerplexityJudge;
import dev.temper.training.evaluate.PerplexityJudge.Written;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.metrics.Bootstrap.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** {@link WinRatePlan} with its data read. */
final class WinRateSuite implements Suite<AnswerNumbers> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WinRatePlan plan;
    private final List<PromptRow> prompts;
    private final List<DataFile> files;
    private final PerplexityJudge judge;
    private final DecodingParameters decoding;
    private final long seed;

    WinRateSuite(
            WinRatePlan plan,
            List<PromptRow> prompts,
            List<DataFile> files,
            PerplexityJudge judge,
            Instruments instruments) {
        this.plan = plan;
        this.prompts = List.copyOf(prompts);
        this.files = List.copyOf(files);
        this.judge = judge;
        this.decoding = plan.decoding().over(instruments.decoding());
        this.seed = instruments.seed();
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = JSON.createObjectNode();
        files.forEach(file -> node.withArray("data").add(file.name() + " " + file.sha256()));
        if (!plan.where().isEmpty()) {
            node.set("where", JSON.valueToTree(plan.where()));
        }
        node.put("prompts", prompts.size())
                .put("held_out", plan.heldOut())
                .put("limit", plan.limit())
                .put("text_as", plan.textAs().name().toLowerCase(Locale.ROOT));
        node.set("decoding", DecodingOverride.describe(decoding));
        return node.put("win_rate_judge", judge.identity());
    }

    @Override
    public Class<AnswerNumbers> rowType() {
        return AnswerNumbers.class;
    }

    @Override
    public int size() {
        return prompts.size();
    }

    @Override
    public List<AnswerNumbers> measure(EvaluatedSystem system, int from, int to) {
        List<PromptRow> window = prompts.subList(from, to);
        Answers answers = system.answer(window, decoding, 1, seed);
        List<Written> written = new ArrayList<>();
        for (int p = 0; p < window.size(); p++) {
            for (Answer answer : answers.ofPrompts().get(p)) {
                written.add(new Written(window.get(p).prompt(), answer.text()));
            }
        }
        List<TokenLikelihoods> judged = judge.likelihoods(written);
        List<AnswerNumbers> numbers = new ArrayList<>();
        int at = 0;
        for (int p = 0; p < window.size(); p++) {
            String id = window.get(p).id();
            if (answers.ofPrompts().get(p).isEmpty()) {
                numbers.add(new AnswerNumbers(id, 0, 0, true));
            } else {
                TokenLikelihoods of = judged.get(at++);
                numbers.add(new AnswerNumbers(id, of.sum(), of.logLikelihoods().length, false));
            }
        }
        return numbers;
    }

    @Override
    public List<Measure<AnswerNumbers>> measures() {
        return List.of(
                Measure.ratio(
                        "log_likelihood_per_token", 3, row -> row.tokens() > 0, row -> new Ratio(row.perToken(), 1)),
                Measure.ratio("tokens_per_answer", 1, row -> !row.failed(), row -> new Ratio(row.tokens(), 1)),
                Measure.ratio("empty_answers", 3, row -> !row.failed(), row -> new Ratio(row.tokens() == 0 ? 1 : 0, 1)),
                Measure.ratio("failed_answers", 3, row -> true, row -> new Ratio(row.failed() ? 1 : 0, 1)));
    }

    @Override
    public List<Comparison<AnswerNumbers>> comparisons() {
        return List.of(new Comparison<>("win_rate", 3, row -> !row.failed(), (own, reference) -> {
            double[] wins = IntStream.range(0, own.size())
                    .mapToDouble(i -> own.get(i).beats(reference.get(i)))
                    .toArray();
            return drawn ->
                    IntStream.of(drawn).mapToDouble(i -> wins[i]).average().orElse(Double.NaN);
        }));
    }

    @Override
    public long tokens(AnswerNumbers row) {
        return row.tokens();
    }
}
