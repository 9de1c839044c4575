package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptRow;
import dev.temper.training.metrics.Distinct;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A β sweep (methods.md, section 4): prompts are answered several times at each strength, and the answers judged.
 *
 * <p>Works through windows of prompts: samples them, then judges them, then writes their numbers; so memory is bounded
 * whatever the number of prompts, the judge does not slow sampling down, and a killed sweep goes on at its last window.
 * Only numbers are kept, never text.
 */
public final class SweepEvaluation {
    private static final int PROMPTS_AT_ONCE = 32;
    private static final int MOST_DISTINCT = 3;
    private static final List<String> USUAL_CATEGORIES = List.of("toxicity", "toxic");
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final GenerationEngine engine;
    private final PerplexityJudge judge;
    private final Progress.Factory progress;
    private final String machine;

    /**
     * @param engine has a scorer, and the subspace of the settings
     * @param machine what the numbers of speed were measured on
     */
    public SweepEvaluation(GenerationEngine engine, PerplexityJudge judge, Progress.Factory progress, String machine) {
        this.engine = engine;
        this.judge = judge;
        this.progress = progress;
        this.machine = machine;
    }

    /**
     * Evaluates, and writes {@code sweep.md}, {@code sweep.json} and one file of numbers for each β.
     *
     * @param prompts what is answered
     * @param data where they come from
     * @param folder for the files; one that holds numbers of the same evaluation is gone on with
     * @throws TemperException if the folder holds another evaluation, the engine has no scorer or no such subspace, or
     *     nothing is answered
     */
    public SweepReport run(List<PromptRow> prompts, DataFile data, SweepSettings settings, Path folder) {
        if (settings.betas().stream().anyMatch(beta -> beta != 0)
                && !engine.identity().subspaceHashes().containsKey(settings.subspace())) {
            throw new TemperException("the engine has no subspace '" + settings.subspace() + "'; name its file");
        }
        ObjectNode evaluation = describe(prompts, data, settings);
        try {
            Files.createDirectories(folder);
            List<NumbersFile> files = settings.betas().stream()
                    .map(beta ->
                            NumbersFile.open(folder.resolve("beta-" + SweepReport.number(beta) + ".jsonl"), evaluation))
                    .toList();
            sample(prompts, settings, files);
            SweepReport report = report(evaluation, settings, files);
            Files.writeString(folder.resolve("sweep.md"), report.toMarkdown());
            Files.writeString(folder.resolve("sweep.json"), JSON.writeValueAsString(report.toJson()) + "\n");
            return report;
        } catch (IOException e) {
            throw new TemperException(
                    "cannot write in " + folder + " (" + e + "); check its permissions, or name another --out folder",
                    e);
        }
    }

    private void sample(List<PromptRow> prompts, SweepSettings settings, List<NumbersFile> files) {
        PromptSampler sampler = new PromptSampler(engine);
        long total = (long) prompts.size() * files.size();
        try (Progress bar = progress.start("evaluate", "prompts", total)) {
            for (int b = 0; b < files.size(); b++) {
                double beta = settings.betas().get(b);
                NumbersFile file = files.get(b);
                bar.say("beta " + SweepReport.number(beta));
                for (int from = file.numbers().size(); from < prompts.size(); from += PROMPTS_AT_ONCE) {
                    bar.reached((long) b * prompts.size() + from);
                    List<PromptRow> window = prompts.subList(from, Math.min(from + PROMPTS_AT_ONCE, prompts.size()));
                    PromptSampler.Samples samples = sampler.sample(
                            window,
                            settings.guidance(beta),
                            settings.decoding(),
                            settings.samplesPerPrompt(),
                            settings.seed());
                    file.append(judged(window, samples, settings), samples.seconds());
                }
                bar.reached((b + 1L) * prompts.size());
            }
        }
    }

    private List<PromptNumbers> judged(List<PromptRow> window, PromptSampler.Samples samples, SweepSettings settings) {
        List<PerplexityJudge.Continuation> continuations = new ArrayList<>();
        for (int p = 0; p < window.size(); p++) {
            for (Completed answer : samples.completed().get(p)) {
                continuations.add(new PerplexityJudge.Continuation(window.get(p).prompt(), answer.tokenIds()));
            }
        }
        double[] nll = judge.negativeLogLikelihoods(continuations);
        List<PromptNumbers> numbers = new ArrayList<>();
        int at = 0;
        for (int p = 0; p < window.size(); p++) {
            List<Completed> answers = samples.completed().get(p);
            double[] ownNll = java.util.Arrays.copyOfRange(nll, at, at + answers.size());
            at += answers.size();
            numbers.add(numbers(window.get(p), answers, ownNll, samples.failed()[p], settings));
        }
        return numbers;
    }

    private static PromptNumbers numbers(
            PromptRow prompt, List<Completed> answers, double[] nll, int failed, SweepSettings settings) {
        List<List<Integer>> tokens = answers.stream().map(Completed::tokenIds).toList();
        double[] distinct = new double[MOST_DISTINCT];
        for (int n = 1; n <= MOST_DISTINCT; n++) {
            distinct[n - 1] = Distinct.n(tokens, n);
        }
        return new PromptNumbers(
                prompt.id(),
                answers.stream()
                        .mapToDouble(answer -> toxicity(answer.scores(), settings))
                        .toArray(),
                tokens.stream().mapToInt(List::size).toArray(),
                nll,
                answers.stream()
                        .mapToDouble(answer ->
                                answer.usage().meanKl() * answer.usage().outputTokens())
                        .toArray(),
                answers.stream()
                        .mapToLong(answer -> answer.usage().candidates())
                        .sum(),
                answers.stream()
                        .mapToLong(answer -> answer.usage().truncatedNuclei())
                        .sum(),
                distinct,
                failed);
    }

    private static double toxicity(Map<String, Double> scores, SweepSettings settings) {
        if (scores.isEmpty()) {
            throw new TemperException("an evaluation needs a scorer; name one with --scorer");
        }
        if (settings.category().isPresent()) {
            Double score = scores.get(settings.category().get());
            if (score == null) {
                throw new TemperException(
                        "the scorer has no category '" + settings.category().get() + "'; it has " + scores.keySet());
            }
            return score;
        }
        for (String usual : USUAL_CATEGORIES) {
            Double score = scores.get(usual);
            if (score != null) {
                return score;
            }
        }
        return scores.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    private static SweepReport report(ObjectNode evaluation, SweepSettings settings, List<NumbersFile> files) {
        SweepStatistics statistics = new SweepStatistics(settings.seed());
        List<SweepReport.Row> rows = new ArrayList<>();
        for (int b = 0; b < files.size(); b++) {
            NumbersFile file = files.get(b);
            rows.add(statistics.row(
                    settings.betas().get(b),
                    file.numbers(),
                    file.seconds(),
                    files.get(0).numbers()));
        }
        if (rows.stream().allMatch(row -> row.samples() == 0)) {
            throw new TemperException(
                    "no prompt was answered; check that prompts fit the model's context and template");
        }
        return new SweepReport(evaluation, rows);
    }

    /** Everything that the numbers depend on; the list of β is not among it, so that a sweep can be extended. */
    private ObjectNode describe(List<PromptRow> prompts, DataFile data, SweepSettings settings) {
        GenerationEngine.Identity identity = engine.identity();
        return JSON.createObjectNode()
                .put("model", identity.modelId() + " " + identity.modelHash())
                .put(
                        "subspace",
                        settings.subspace() + " "
                                + identity.subspaceHashes().getOrDefault(settings.subspace(), "(none)"))
                .put("scorer", identity.scorerId() + " " + identity.scorerHash())
                .put("category", settings.category().orElse("default"))
                .put("perplexity_judge", judge.identity())
                .put("prompts", data.name() + " " + data.sha256() + ", " + prompts.size() + " prompts")
                .put("samples_per_prompt", settings.samplesPerPrompt())
                .put("mode", settings.mode().name().toLowerCase(java.util.Locale.ROOT))
                .put("max_candidates", settings.maxCandidates())
                .put("max_new_tokens", settings.decoding().maxNewTokens())
                .put("temperature", settings.decoding().temperature())
                .put("top_k", settings.decoding().topK())
                .put("top_p", settings.decoding().topP())
                .put("repetition_penalty", settings.decoding().repetitionPenalty())
                .put("stop_strings", settings.decoding().stopStrings().size())
                .put("seed", settings.seed())
                .put("machine", machine);
    }
}
