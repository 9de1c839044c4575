package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.training.evaluate.EvaluationPlan;
import dev.temper.training.evaluate.systems.DExpertsSystemPlan;
import dev.temper.training.evaluate.systems.NadoSystemPlan;
import dev.temper.training.evaluate.systems.RadSystemPlan;
import dev.temper.training.evaluate.systems.WordFilterSystemPlan;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The kinds of systems that plans of {@code temper evaluate} name for published methods. */
class BaselinePlansTest {
    private static final Path FOLDER = Path.of("/plans");

    private static final String SUITES = """
            suites:
              toxic: {kind: prompts, data: [prompts.jsonl]}
            """;

    private static EvaluationPlan parse(String systems) {
        return EvaluationPlanLoader.parse(
                "plan.yaml", "scorer: scorer\njudge: base\nsystems:\n" + systems.indent(2) + SUITES, FOLDER, null);
    }

    @Test
    void shouldReadEveryKindWithItsDefaults() {
        // When
        EvaluationPlan plan = parse("""
                by-nado: {kind: nado, model: base, auxiliary: run/auxiliary}
                by-rad: {kind: rad, model: base, reward: scorer, beta: 20}
                by-experts: {kind: dexperts, model: base, expert: clean, anti_expert: rude}
                by-words: {kind: word_filter, model: base, words: words.csv}
                """);

        // Then
        assertThat(plan.systems().get("by-nado")).isInstanceOfSatisfying(NadoSystemPlan.class, nado -> {
            assertThat(nado.auxiliary()).isEqualTo(FOLDER.resolve("run/auxiliary"));
            assertThat(nado.delta()).isEqualTo(1);
        });
        assertThat(plan.systems().get("by-rad")).isInstanceOfSatisfying(RadSystemPlan.class, rad -> {
            assertThat(rad.beta()).isEqualTo(20);
            assertThat(rad.topK()).isEqualTo(20);
        });
        assertThat(plan.systems().get("by-experts"))
                .isInstanceOfSatisfying(DExpertsSystemPlan.class, experts -> assertThat(experts.alpha())
                        .isEqualTo(2));
        assertThat(plan.systems().get("by-words")).isInstanceOf(WordFilterSystemPlan.class);
    }

    @Test
    void shouldReadASweepOfRewardStrengths() {
        assertThat(parse("rad: {kind: rad, model: base, reward: scorer, beta: [10, 20]}")
                        .systems())
                .hasSize(2);
    }

    @Test
    void shouldRefuseWhatIsMissingOrOutOfRange() {
        assertRefused("n: {kind: nado, model: base}", "auxiliary must name");
        assertRefused("n: {kind: nado, model: base, auxiliary: a, delta: 0}", "delta must be in (0, 1]");
        assertRefused("r: {kind: rad, model: base, reward: scorer, beta: -1}", "beta must be finite");
        assertRefused("d: {kind: dexperts, model: base, expert: a}", "anti_expert must name");
        assertRefused("w: {kind: word_filter, model: base}", "words must name");
    }

    private static void assertRefused(String system, String why) {
        assertThatThrownBy(() -> parse(system))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(why);
    }
}
