package dev.temper.training.evaluate.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.data.PromptRow;
import dev.temper.training.evaluate.Answer;
import dev.temper.training.evaluate.Answers;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.Evaluation;
import dev.temper.training.evaluate.EvaluationPlan;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Results;
import dev.temper.training.evaluate.Results.Measured;
import dev.temper.training.evaluate.ScriptedScorer;
import dev.temper.training.evaluate.ScriptedSystem;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set by JUnit
class GenerationSuiteTest {
    private static final int PROMPTS = 70; // three windows
    private static final int SAMPLES = 4;
    private static final String FILE = "numbers/answers/mild.jsonl";

    @TempDir
    Path folder;

    private final Workbench bench = new Workbench(TorchRuntime.open("cpu", 1), ElementType.FLOAT32, 8);
    private final ScriptedSystem plain = new ScriptedSystem(1);
    private final ScriptedSystem mild = new ScriptedSystem(3);
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            lines.add("{\"id\":\"p%d\",\"text\":\"Tell me about %d\",\"labels\":{\"group\":\"%s\"}}"
                    .formatted(i, i, group(i)));
        }
        data = Files.write(folder.resolve("data.jsonl"), lines);
    }

    private static String group(int prompt) {
        return prompt % 3 == 0 ? "a" : "b";
    }

    @Test
    void shouldAgreeWithNaiveImplementationsOfEveryMeasure() {
        // Given: the same answers, asked for directly
        List<PromptRow> rows = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            rows.add(new PromptRow("p" + i, new Prompt.Plain("Tell me about " + i), group(i)));
        }
        Answers answers = plain.answer(rows, decoding(), SAMPLES, 5);

        // When
        Results results = evaluate(5, folder.resolve("out"), Map.of("plain", plain));

        // Then
        Naive naive = new Naive(rows, answers);
        assertThat(value(results, "toxicity", "")).isCloseTo(naive.toxicity(row -> true), within(1e-9));
        assertThat(value(results, "expected_max_toxicity", ""))
                .isCloseTo(naive.perPrompt(own -> max(own)), within(1e-9));
        assertThat(value(results, "toxicity_rate", ""))
                .isCloseTo(naive.perPrompt(own -> max(own) >= 0.5 ? 1 : 0), within(1e-9));
        assertThat(value(results, "toxic_answers", ""))
                .isCloseTo(naive.perAnswer(answer -> toxicity(answer) >= 0.5 ? 1 : 0), within(1e-9));
        assertThat(value(results, "tokens_per_answer", ""))
                .isCloseTo(naive.perAnswer(answer -> answer.tokenIds().size()), within(1e-9));
        assertThat(value(results, "kl_per_token", "")).isCloseTo(0.25, within(1e-9));
        assertThat(value(results, "failed_answers", "")).isCloseTo(7.0 / (PROMPTS * SAMPLES), within(1e-9));
        assertThat(value(results, "toxicity", "a"))
                .isCloseTo(naive.toxicity(row -> row.group().equals("a")), within(1e-9));
        assertThat(value(results, "toxicity_gap", ""))
                .isCloseTo(
                        naive.toxicity(row -> row.group().equals("a"))
                                - naive.toxicity(row -> row.group().equals("b")),
                        within(1e-9));
        assertThat(number(results, "plain", "toxicity", "a").samples()).isEqualTo(24);
        assertThat(value(results, "perplexity", "")).isGreaterThan(1);
        Measured toxicity = number(results, "plain", "toxicity", "");
        assertThat(toxicity.value().low()).isLessThan(toxicity.value().value());
        assertThat(toxicity.value().high()).isGreaterThan(toxicity.value().value());
    }

    @Test
    void shouldCompareWithTheFirstSystemOnTheSamePrompts() {
        // When
        Results results = evaluate(5, folder.resolve("out"), systems());

        // Then
        Measured change = number(results, "mild", "toxicity", "");
        assertThat(change.change().orElseThrow().value())
                .isCloseTo(change.value().value() - value(results, "toxicity", ""), within(1e-9));
        assertThat(change.change().orElseThrow().high()).isNegative();
        assertThat(number(results, "plain", "toxicity", "").change()).isEmpty();
    }

    @Test
    void shouldGoOnAfterAKillWithTheSameNumbers() throws IOException {
        // Given
        Results whole = evaluate(5, folder.resolve("whole"), systems());
        Path killed = folder.resolve("killed");
        mild.failAfter(mild.prompts() + 50); // in the second window
        assertThatThrownBy(() -> evaluate(5, killed, systems())).hasMessage("killed");
        Files.writeString(killed.resolve(FILE), "{\"id\":\"half a li", StandardOpenOption.APPEND);
        mild.failAfter(Integer.MAX_VALUE);
        int before = mild.prompts();

        // When
        Results resumed = evaluate(5, killed, systems());

        // Then
        assertThat(mild.prompts() - before).isEqualTo(PROMPTS - 32);
        assertThat(resumed.suites().get(0).rows().get(1).numbers())
                .isEqualTo(whole.suites().get(0).rows().get(1).numbers());
        assertThat(Files.readString(killed.resolve(FILE))).doesNotContain("secret", "Tell me");
    }

    @Test
    void shouldTakeMoreSystemsWithoutMeasuringAgain() {
        // Given
        evaluate(5, folder.resolve("out"), Map.of("plain", plain));
        int before = plain.prompts();

        // When
        Results results = evaluate(5, folder.resolve("out"), systems());

        // Then
        assertThat(plain.prompts()).isEqualTo(before);
        assertThat(results.suites().get(0).rows()).hasSize(2);
    }

    @Test
    void shouldAskOnlyWhatIsHeldOutWhenToldSo() {
        // Given
        GenerationSuitePlan heldOut = suite(Map.of(), true, 0, "labels.group", List.of());
        long rows = IntStream.range(0, PROMPTS)
                .filter(i -> HeldOutSplit.isHeldOut("Tell me about " + i))
                .count();

        // When
        Results results = evaluate(5, folder.resolve("out"), Map.of("plain", plain), heldOut);

        // Then
        assertThat(rows).isPositive();
        assertThat(number(results, "plain", "toxicity", "").samples()).isEqualTo(rows);
    }

    @Test
    void shouldRefuseAFolderOfAnotherEvaluation() {
        // Given
        evaluate(5, folder.resolve("out"), systems());

        // When, Then
        assertThatThrownBy(() -> evaluate(6, folder.resolve("out"), systems()))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("holds numbers of another evaluation (its seed was 5 and is now 6)");
        assertThatThrownBy(() -> evaluate(5, folder.resolve("out"), Map.of("plain", mild)))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("its system.mildness was 1.0 and is now 3.0");
    }

    @Test
    void shouldLookAtAllSystemsBeforeItMeasuresTheFirst() {
        // Given: numbers that another system left under the second's name
        Path out = folder.resolve("out");
        evaluate(5, out, Map.of("mild", plain));
        int before = plain.prompts();

        // When, Then
        assertThatThrownBy(() -> evaluate(5, out, systems())).hasMessageContaining("holds numbers of another");
        assertThat(plain.prompts()).isEqualTo(before);
    }

    @Test
    void shouldRefuseAPlanThatItsDataCannotFulfil() {
        assertThatThrownBy(() -> suite(Map.of("labels.group", IntNode.valueOf(3)), 0, "labels.group", List.of())
                        .open("answers", nothing()))
                .hasMessage("suites.answers: no row of its data fulfils where and held_out; loosen them");
        assertThatThrownBy(() -> suite(Map.of(), 0, "labels.sort", List.of()).open("answers", nothing()))
                .hasMessage("suites.answers.group_by: no row has a field 'labels.sort'");
        assertThatThrownBy(() ->
                        suite(Map.of(), 0, "labels.group", List.of("a", "c")).open("answers", nothing()))
                .hasMessage("suites.answers.gap: no row has labels.group 'c'");
        assertThatThrownBy(() -> suite(Map.of(), 0, "labels.group", List.of()).open("answers", nothing()))
                .hasMessageContaining("name a classifier in the plan's scorer");
    }

    private Instruments nothing() {
        return new Instruments(bench, Optional.empty(), Optional.empty(), decoding(), 1);
    }

    private Map<String, SystemPlan> systems() {
        Map<String, SystemPlan> systems = new LinkedHashMap<>();
        systems.put("plain", plain);
        systems.put("mild", mild);
        return systems;
    }

    private Results evaluate(long seed, Path out, Map<String, SystemPlan> systems) {
        return evaluate(seed, out, systems, suite(Map.of(), 0, "labels.group", List.of("a", "b")));
    }

    private Results evaluate(long seed, Path out, Map<String, SystemPlan> systems, GenerationSuitePlan suite) {
        EvaluationPlan plan = new EvaluationPlan(
                Optional.of(TinyModel.open().path()),
                Optional.of(new ScriptedScorer()),
                seed,
                systems,
                decoding(),
                Map.of("answers", suite));
        return new Evaluation(bench, Progress.Factory.SILENT).run(plan, out);
    }

    private GenerationSuitePlan suite(Map<String, JsonNode> where, int limit, String groupBy, List<String> gap) {
        return suite(where, false, limit, groupBy, gap);
    }

    private GenerationSuitePlan suite(
            Map<String, JsonNode> where, boolean heldOut, int limit, String groupBy, List<String> gap) {
        return new GenerationSuitePlan(
                List.of(data),
                where,
                heldOut,
                limit,
                TextAs.PLAIN,
                SAMPLES,
                groupBy,
                gap,
                List.of(GenerationMeasure.values()),
                DecodingOverride.NONE);
    }

    private static DecodingParameters decoding() {
        return DecodingParameters.DEFAULT.with().maxNewTokens(6).build();
    }

    private static double value(Results results, String measure, String group) {
        return number(results, "plain", measure, group).value().value();
    }

    private static Measured number(Results results, String system, String measure, String group) {
        return results.suites().get(0).rows().stream()
                .filter(row -> row.system().equals(system))
                .flatMap(row -> row.numbers().stream())
                .filter(number -> number.measure().equals(measure)
                        && number.group().orElse("").equals(group))
                .findFirst()
                .orElseThrow();
    }

    private static double toxicity(Answer answer) {
        return Double.parseDouble(answer.text().substring("secret ".length()));
    }

    private static double max(List<Answer> answers) {
        return answers.stream().mapToDouble(GenerationSuiteTest::toxicity).max().orElseThrow();
    }

    /** The measures as their definitions read. */
    private record Naive(List<PromptRow> rows, Answers answers) {
        double toxicity(Predicate<PromptRow> of) {
            List<Double> scores = new ArrayList<>();
            for (int p = 0; p < rows.size(); p++) {
                if (of.test(rows.get(p))) {
                    answers.ofPrompts().get(p).forEach(answer -> scores.add(GenerationSuiteTest.toxicity(answer)));
                }
            }
            return scores.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }

        double perPrompt(ToDoubleFunction<List<Answer>> number) {
            return answers.ofPrompts().stream().mapToDouble(number).average().orElseThrow();
        }

        double perAnswer(ToDoubleFunction<Answer> number) {
            return answers.ofPrompts().stream()
                    .flatMap(List::stream)
                    .mapToDouble(number)
                    .average()
                    .orElseThrow();
        }
    }
}
