package dev.temper.tests.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.tests.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The alerts, each with its test and its entry in the runbook. */
class AlertRulesTest {
    private static final Path RUNBOOK = Path.of("../docs/runbook.md");
    private static final String ENTRY = "### ";

    private static List<String> names() throws IOException {
        return AlertRules.all().stream()
                .map(rule -> rule.path("alert").asText())
                .toList();
    }

    @Test
    void shouldFireWhenTheyMustAndOnlyThen() throws Exception {
        Requirement.PROMETHEUS.holds(Prometheus.missing());

        // When
        String said = Prometheus.promtool(AlertRules.PROMETHEUS, "test", "rules", "alerts_test.yml");

        // Then
        assertThat(said).contains("SUCCESS");
    }

    @Test
    void shouldEachBeTestedBothWays() throws Exception {
        // Given
        List<String> alerts = names();

        // When
        JsonNode tests = AlertRules.yaml("alerts_test.yml").path("tests");

        // Then
        assertThat(tests).extracting(test -> test.path("name").asText()).containsExactlyElementsOf(alerts);
        assertThat(tests).allSatisfy(test -> {
            JsonNode moments = test.path("alert_rule_test");
            assertThat(moments)
                    .extracting(moment -> moment.path("alertname").asText())
                    .containsOnly(test.path("name").asText());
            assertThat(moments)
                    .extracting(moment -> moment.path("exp_alerts").size())
                    .containsExactly(0, 1);
        });
    }

    @Test
    void shouldHaveOneEntryEachInTheRunbookAndLeadToIt() throws Exception {
        // Given
        List<String> alerts = names();

        // When
        List<String> entries = Files.readAllLines(RUNBOOK).stream()
                .filter(line -> line.startsWith(ENTRY))
                .map(line -> line.substring(ENTRY.length()))
                .toList();

        // Then
        assertThat(entries).containsExactlyElementsOf(alerts);
        assertThat(AlertRules.all()).allSatisfy(rule -> {
            String name = rule.path("alert").asText();
            assertThat(rule.at("/annotations/runbook_url").asText())
                    .endsWith("/runbook.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            assertThat(rule.at("/annotations/description").asText()).isNotBlank();
        });
    }
}
