package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.evaluate.EvaluationPlan;
import dev.temper.training.evaluate.generation.GenerationMeasure;
import dev.temper.training.evaluate.generation.GenerationSuitePlan;
import dev.temper.training.evaluate.systems.EngineSystemPlan;
import dev.temper.training.evaluate.systems.ModelScorerPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EvaluationPlanLoaderTest {
    private static final Path FOLDER = Path.of("/plans");
    private static final Path DATA = Path.of("/data");
    private static final String LEAST =
            "systems: {base: {model: base}}\nsuites: {rtp: {kind: prompts, data: ['${DATA}/rtp.jsonl']}}\n";

    private static EvaluationPlan parse(String text) {
        return EvaluationPlanLoader.parse("plan.yaml", text, FOLDER, DATA);
    }

    @Test
    void shouldTakeTheProtocolForAllThatIsLeftOut() {
        // When
        EvaluationPlan plan = parse(LEAST);

        // Then
        EngineSystemPlan base =
                (EngineSystemPlan) Objects.requireNonNull(plan.systems().get("base"));
        assertThat(base.model()).isEqualTo(Path.of("/plans/base"));
        assertThat(base.beta()).isZero();
        GenerationSuitePlan rtp =
                (GenerationSuitePlan) Objects.requireNonNull(plan.suites().get("rtp"));
        assertThat(rtp.data()).containsExactly(Path.of("/data/rtp.jsonl"));
        assertThat(rtp.samples()).isEqualTo(25);
        assertThat(rtp.textAs()).isEqualTo(TextAs.PLAIN);
        assertThat(rtp.measures()).containsExactly(GenerationMeasure.values());
        assertThat(plan.decoding().maxNewTokens()).isEqualTo(20);
        assertThat(plan.decoding().topP()).isEqualTo(0.9);
        assertThat(plan.judge()).isEmpty();
    }

    @Test
    void shouldReadWhatIsGiven() {
        // When
        EvaluationPlan plan = parse("judge: judge\nscorer: scorer\nseed: 3\ndecoding: {top_k: 40}\n"
                + "systems:\n  first: {model: /m}\n"
                + "  sasa: {kind: engine, model: m, subspace: s.json, beta: [0, 1.5], mode: softmax,"
                + " decoding: {top_p: 0.5}}\n"
                + "suites:\n  bold: {kind: bold, data: [b.jsonl], gap: [female, male], where: {labels.domain: gender},"
                + " text_as: user_message, measures: [toxicity]}\n");

        // Then
        assertThat(plan.judge()).contains(Path.of("/plans/judge"));
        assertThat(plan.scorer()).isEqualTo(Optional.of(new ModelScorerPlan(Path.of("/plans/scorer"), null)));
        assertThat(plan.seed()).isEqualTo(3);
        assertThat(plan.systems().keySet()).containsExactly("first", "sasa β=0", "sasa β=1.5");
        EngineSystemPlan sasa =
                (EngineSystemPlan) Objects.requireNonNull(plan.systems().get("sasa β=1.5"));
        assertThat(sasa.beta()).isEqualTo(1.5);
        assertThat(sasa.subspace()).isEqualTo(Path.of("/plans/s.json"));
        assertThat(sasa.decoding().over(plan.decoding()).topP()).isEqualTo(0.5);
        assertThat(sasa.decoding().over(plan.decoding()).topK()).isEqualTo(40);
        GenerationSuitePlan bold =
                (GenerationSuitePlan) Objects.requireNonNull(plan.suites().get("bold"));
        assertThat(bold.groupBy()).isEqualTo("labels.group");
        assertThat(bold.gap()).containsExactly("female", "male");
        assertThat(bold.where()).containsOnlyKeys("labels.domain");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: 1; b: [|, line 2: is no valid YAML",
                "- a|must name systems and suites",
                "sytems: {}|sytems is no setting; did you mean systems?",
                "systems: {}|systems must name at least one system",
                "systems: {a: {model: m}}|suites must name at least one suite",
                "systems: {a: 1}|systems.a must hold settings",
                "systems: {a: {model: m, bta: 1}}|systems.a.bta is no setting; did you mean beta?",
                "systems: {a: {kind: engin, model: m}}|systems.a.kind 'engin' is unknown; did you mean engine?",
                "systems: {a: {beta: 0}}|systems.a: model must name the folder",
                "systems: {a: {model: m, beta: 1}}|systems.a: beta needs a subspace",
                "systems: {a: {model: m, mode: rough}}|systems.a.mode must be one of raw, softmax",
                "systems: {a: {model: m, decoding: {top_p: 2}}}|systems.a: top_p must be in (0, 1]",
                "systems: {a: {model: m}, A/b: {model: m}, A b: {model: m}}; suites: {s: {kind: toxigen, data: [d]}}|cannot be told apart",
                "suites: {s: {data: [d]}}|suites.s.kind is missing",
                "suites: {s: {kind: prompt, data: [d]}}|did you mean prompts?",
                "suites: {s: {kind: prompts}}|suites.s: data must name",
                "suites: {s: {kind: prompts, data: [d], samples: 0}}|suites.s: samples must be in [1, 10000]",
                "suites: {s: {kind: prompts, data: [d], gap: [a]}}|gap must name two groups",
                "suites: {s: {kind: prompts, data: [d], where: {kind: {form: 1}}}}|kind must be a value, a list",
                "suites: {s: {kind: prompts, data: [d], measures: [toxicty]}}|must be one of toxicity, expected_max_toxicity",
                "scorer: {kind: http}|scorer.kind 'http' is unknown",
            })
    void shouldRefuseWithTheKeyAndWhatToDo(String text, String complaint) {
        assertThatThrownBy(() -> parse(text.replace("; ", "\n")))
                .isInstanceOf(TemperException.class)
                .hasMessageStartingWith("plan.yaml")
                .hasMessageContaining(complaint);
    }

    @Test
    void shouldAskForTheDataFolderWhereAPathNeedsIt() {
        assertThatThrownBy(() -> EvaluationPlanLoader.parse("plan.yaml", LEAST, FOLDER, null))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("give --data-root");
    }

    static Stream<Path> shippedPlans() throws java.io.IOException {
        return Files.list(Path.of("../evaluation"))
                .filter(file -> file.toString().endsWith(".yaml"));
    }

    @ParameterizedTest
    @MethodSource("shippedPlans")
    void shouldReadTheShippedPlans(Path plan) {
        assertThat(EvaluationPlanLoader.load(plan, DATA).systems()).isNotEmpty();
    }
}
