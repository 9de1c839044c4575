package dev.temper.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptRow;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set by JUnit
class SweepEvaluationTest {
    private static final int PROMPTS = 70; // three windows
    private static final int SAMPLES = 4;

    @TempDir
    Path folder;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private final ModelFolder model = TinyModel.open();
    private final PerplexityJudge judge = PerplexityJudge.load(model, model, runtime, ElementType.FLOAT32);
    private final ScriptedEngine engine = new ScriptedEngine();

    @AfterEach
    void close() {
        judge.close();
        engine.close();
    }

    @Test
    void shouldTabulateWhatTheAnswersMeasured() throws IOException {
        // Given: answers whose toxicity falls with β, from an engine that is often full
        SweepSettings settings = settings(List.of(0.0, 2.0), 5);

        // When
        SweepReport report = evaluate(settings, folder);

        // Then
        SweepReport.Row plain = report.rows().get(0);
        SweepReport.Row guided = report.rows().get(1);
        assertThat(plain.prompts()).isEqualTo(PROMPTS);
        assertThat(plain.samples()).isEqualTo(PROMPTS * SAMPLES);
        assertThat(plain.failed()).isZero();
        assertThat(plain.toxicity().value()).isCloseTo(engine.meanToxicity(0), within(1e-9));
        assertThat(guided.toxicity().value()).isCloseTo(engine.meanToxicity(2), within(1e-9));
        assertThat(guided.toxicityChange().high()).isNegative();
        assertThat(guided.toxicityChange().value())
                .isCloseTo(engine.meanToxicity(2) - engine.meanToxicity(0), within(1e-9));
        assertThat(plain.klPerToken().value()).isZero();
        assertThat(guided.klPerToken().value()).isCloseTo(0.25, within(1e-9));
        assertThat(plain.perplexity().value()).isGreaterThan(1);
        assertThat(plain.perplexity().low())
                .isLessThanOrEqualTo(plain.perplexity().value());
        assertThat(folder.resolve("sweep.md")).content().contains("| β |", "scripted 0123", "- seed: 5");
        assertThat(folder.resolve("sweep.json")).content().contains("\"toxic_rate\"");
        assertThat(Files.readString(folder.resolve("beta-2.jsonl"))).doesNotContain(ScriptedEngine.ANSWER);
        assertThat(engine.refusals()).isPositive();
    }

    @Test
    void shouldGoOnAfterAKillWithTheSameNumbers() throws IOException {
        // Given
        SweepSettings settings = settings(List.of(0.0, 2.0), 5);
        SweepReport whole = evaluate(settings, folder.resolve("whole"));
        Path killed = folder.resolve("killed");
        engine.failAllAfter(PROMPTS * SAMPLES + 150); // in the second β's second window
        assertThatThrownBy(() -> evaluate(settings, killed)).isInstanceOf(TemperException.class);
        Files.writeString(
                killed.resolve("beta-2.jsonl"), "{\"prompt\":\"half a li", java.nio.file.StandardOpenOption.APPEND);
        engine.failAllAfter(Integer.MAX_VALUE);
        int before = engine.accepted();

        // When
        SweepReport resumed = evaluate(settings, killed);

        // Then
        assertThat(engine.accepted() - before).isLessThan(PROMPTS * SAMPLES);
        assertThat(resumed.rows().get(1).toxicity())
                .isEqualTo(whole.rows().get(1).toxicity());
        assertThat(resumed.rows().get(1).perplexity())
                .isEqualTo(whole.rows().get(1).perplexity());
        assertThat(resumed.rows().get(0).expectedMaximum())
                .isEqualTo(whole.rows().get(0).expectedMaximum());
    }

    @Test
    void shouldRefuseAFolderOfAnotherEvaluation() {
        // Given
        evaluate(settings(List.of(0.0), 5), folder);

        // When, Then
        assertThatThrownBy(() -> evaluate(settings(List.of(0.0), 6), folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("holds the numbers of another evaluation");
    }

    @Test
    void shouldRefuseASubspaceThatTheEngineDoesNotHave() {
        // Given
        SweepSettings settings = new SweepSettings(
                "other",
                List.of(1.0),
                GuidanceParameters.Mode.RAW,
                8,
                1,
                DecodingParameters.DEFAULT,
                Optional.empty(),
                0);

        // When, Then
        assertThatThrownBy(() -> evaluate(settings, folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("no subspace 'other'");
    }

    @Test
    void shouldCountLikelihoodOfTheAnswerOnly() {
        // Given
        Prompt prompt = new Prompt.Plain("We met at the station");
        List<Integer> answer = List.of(40, 41, 42, 43);

        // When: together, and with the answer's beginning moved into the prompt's place
        double[] nll = judge.negativeLogLikelihoods(List.of(
                new PerplexityJudge.Continuation(prompt, answer),
                new PerplexityJudge.Continuation(prompt, answer.subList(0, 2)),
                new PerplexityJudge.Continuation(prompt, List.of()),
                new PerplexityJudge.Continuation(new Prompt.Plain("Something quite different, and longer"), answer)));

        // Then
        assertThat(nll[0]).isGreaterThan(nll[1]);
        assertThat(nll[1]).isPositive();
        assertThat(nll[2]).isZero();
        assertThat(judge.negativeLogLikelihoods(List.of(new PerplexityJudge.Continuation(prompt, answer)))[0])
                .isCloseTo(nll[0], within(1e-4));
    }

    private SweepReport evaluate(SweepSettings settings, Path into) {
        List<PromptRow> prompts = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            prompts.add(new PromptRow("p" + i, new Prompt.Plain("Tell me about number " + i), ""));
        }
        DataFile data = new DataFile(Path.of("prompts.jsonl"), "ab".repeat(32), PROMPTS);
        return new SweepEvaluation(engine, judge, Progress.Factory.SILENT, "a machine")
                .run(prompts, data, settings, into);
    }

    private static SweepSettings settings(List<Double> betas, long seed) {
        return new SweepSettings(
                ScriptedEngine.SUBSPACE,
                betas,
                GuidanceParameters.Mode.RAW,
                8,
                SAMPLES,
                DecodingParameters.DEFAULT,
                Optional.empty(),
                seed);
    }
}
