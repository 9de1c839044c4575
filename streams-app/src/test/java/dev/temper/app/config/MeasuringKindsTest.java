package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.training.evaluate.EvaluationPlan;
import dev.temper.training.evaluate.classification.ClassificationPlan;
import dev.temper.training.evaluate.preference.WinRatePlan;
import dev.temper.training.evaluate.systems.RemoteScorerPlan;
import dev.temper.training.evaluate.utility.LastWordPlan;
import dev.temper.training.evaluate.utility.MmluPlan;
import dev.temper.training.evaluate.utility.MultipleChoicePlan;
import dev.temper.training.evaluate.utility.TextPlan;
import dev.temper.training.remote.RemoteScorerSettings.TokenIn;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans of suites that measure by likelihood, and of scorers on the network. */
class MeasuringKindsTest {

    private static EvaluationPlan parse(String text) {
        return EvaluationPlanLoader.parse("plan.yaml", text, Path.of("/plans"), Path.of("/data"));
    }

    private static EvaluationPlan suite(String settings) {
        return parse("systems: {base: {model: base}}\nsuites: {s: " + settings + "}\n");
    }

    @Test
    void shouldReadSuitesWithTheLeastSettings() {
        // When, Then
        assertThat(suite("{kind: multiple_choice, data: {piqa: '${DATA}/piqa.jsonl'}}")
                        .suites())
                .containsEntry(
                        "s", new MultipleChoicePlan(Map.of("piqa", Path.of("/data/piqa.jsonl")), 0, "\nAnswer: "));
        assertThat(suite("{kind: mmlu, data: m.jsonl, limit: 9}").suites())
                .containsEntry("s", new MmluPlan(Path.of("/plans/m.jsonl"), 5, 9, false));
        assertThat(suite("{kind: last_word, data: l.jsonl}").suites())
                .containsEntry("s", new LastWordPlan(Path.of("/plans/l.jsonl"), 0));
        assertThat(suite("{kind: text, data: t.txt, window: 512, stride: 256}").suites())
                .containsEntry("s", new TextPlan(Path.of("/plans/t.txt"), 512, 256, 0));
        assertThat(suite("{kind: win_rate, data: [p.jsonl]}").suites().get("s")).isInstanceOf(WinRatePlan.class);
        assertThat(suite("{kind: classification, data: [j.jsonl]}").suites().get("s"))
                .isInstanceOfSatisfying(ClassificationPlan.class, plan -> {
                    assertThat(plan.heldOut()).isTrue();
                    assertThat(plan.by()).isEqualTo(ClassificationPlan.By.LIKELIHOOD_RATIO);
                    assertThat(plan.toxic().continuation()).isEqualTo("{text}");
                });
        assertThat(suite("{kind: classification, data: [j.jsonl], by: margin, subspaces: {base: s.json}}")
                        .suites()
                        .get("s"))
                .isInstanceOfSatisfying(ClassificationPlan.class, plan -> assertThat(plan.subspaces())
                        .containsEntry("base", Path.of("/plans/s.json")));
    }

    @Test
    void shouldReadScorersOnTheNetwork() {
        // Given
        String rest = "systems: {base: {model: base}}\nsuites: {s: {kind: last_word, data: l}}\n";

        // When
        EvaluationPlan perspective =
                parse("scorer: {kind: perspective, url: 'https://example.org/v1', token_env: KEY, category: TOXICITY}\n"
                        + rest);
        EvaluationPlan moderation =
                parse("scorer: {kind: moderation, url: 'https://example.org/v1', categories: [hate],"
                        + " texts_per_request: 8}\n" + rest);

        // Then
        assertThat(perspective.scorer().orElseThrow()).isInstanceOfSatisfying(RemoteScorerPlan.class, plan -> {
            assertThat(plan.url()).isEqualTo(URI.create("https://example.org/v1"));
            assertThat(plan.categories()).isEqualTo(List.of("TOXICITY"));
            assertThat(plan.tokenIn()).isEqualTo(TokenIn.KEY_PARAMETER);
            assertThat(plan.requestsPerSecond()).isOne();
        });
        assertThat(moderation.scorer().orElseThrow())
                .isInstanceOfSatisfying(RemoteScorerPlan.class, plan -> assertThat(plan.textsPerRequest())
                        .isEqualTo(8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "suites: {s: {kind: multiple_choice}}|suites.s: data must name",
                "suites: {s: {kind: mmlu, data: d, shots: -1}}|suites.s: shots must be in [0, 100]",
                "suites: {s: {kind: text, data: d, window: 8, stride: 9}}|suites.s: window must be",
                "suites: {s: {kind: last_word}}|suites.s: data must name",
                "suites: {s: {kind: win_rate, data: [d], limit: -1}}|suites.s: limit must be 0",
                "suites: {s: {kind: classification, data: [d], by: head}}|suites.s: heads must name",
                "suites: {s: {kind: classification, data: [d], toxic: {context: a, continuation: b}}}|must have {text}",
                "scorer: {kind: perspective}|scorer: url must say",
                "scorer: {kind: moderation, url: 'https://a.org'}|scorer: categories must name",
                "scorer: {kind: perspective, url: 'http://a.org', token_env: KEY}|scorer: url must be https",
                "scorer: {kind: perspective, url: 'https://a.org', texts_per_request: 2}|must be 1 for perspective",
                "scorer: {kind: persective, url: x}|did you mean perspective?"
            })
    void shouldRefuseWhatCannotBe(String part, String complaint) {
        // Given: the rest of the plan, where the part does not give it
        String suites = part.startsWith("suites") ? "" : "\nsuites: {s: {kind: last_word, data: l}}";
        String text = "systems: {base: {model: base}}\n" + part + suites + "\n";

        // When, Then
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(complaint);
    }
}
