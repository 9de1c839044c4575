package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.sandbox.demo.Outcome.Asked;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeViewsTest {
    private static final String HOSTILE = "red \u001b[31malert\u001b[0m\u0007 \u009b2J end\u007f";

    private final StringWriter written = new StringWriter();

    @Test
    void shouldKeepEveryRowOnOneLineOfTheTerminal() {
        // Given
        TableView view = new TableView(new PrintWriter(written), false, 100, false);

        // When
        view.outcome(answered("question ".repeat(40), "answer\n".repeat(40), false, Optional.empty()));
        view.outcome(new Outcome.Rejected(asked("x"), "INVALID_PROMPT", "a detail"));

        // Then
        List<String> lines = written.toString().lines().toList();
        assertThat(lines).hasSize(3).allMatch(line -> line.length() <= 100);
        assertThat(lines.get(0)).contains("prompt", "answer", "score");
        assertThat(lines.get(1)).contains("question question", "answer answer", "…", "0.75");
        assertThat(lines.get(2)).contains("INVALID_PROMPT: a detail", "REJECTED");
    }

    @Test
    void shouldLetNoEscapeOfTheModelThroughWithOrWithoutColours() {
        // Given
        TableView plain = new TableView(new PrintWriter(written), false, 120, true);
        StringWriter colouredText = new StringWriter();
        TableView coloured = new TableView(new PrintWriter(colouredText), true, 120, true);

        // When
        plain.outcome(answered(HOSTILE, HOSTILE, true, Optional.of(HOSTILE)));
        coloured.outcome(answered(HOSTILE, HOSTILE, true, Optional.of(HOSTILE)));

        // Then
        assertThat(written.toString().chars().filter(c -> c != '\n' && Character.isISOControl(c)))
                .isEmpty();
        assertThat(written.toString()).contains("red alert end", "BLOCKED");
        assertThat(colouredText.toString().replaceAll("\u001b\\[(0|1|31)m", "")).isEqualTo(written.toString());
    }

    @Test
    void shouldShowTheWithheldAnswerOnlyWhenAsked() {
        // Given
        Outcome blocked = answered("q", "refusal", true, Optional.of("harsh words"));

        // When
        new TableView(new PrintWriter(written), false, 120, false).outcome(blocked);
        String usual = written.toString();
        new TableView(new PrintWriter(written), false, 120, true).outcome(blocked);

        // Then
        assertThat(usual).contains("refusal").doesNotContain("harsh words");
        assertThat(written.toString()).contains("harsh words");
    }

    @Test
    void shouldPrintWholeTextsAsAsciiJsonLines() throws Exception {
        // Given
        JsonLinesView view = new JsonLinesView(new PrintWriter(written));

        // When
        view.outcome(answered("q", HOSTILE, true, Optional.of("ü")));
        view.outcome(new Outcome.Rejected(asked("x"), "INVALID_PROMPT", "a detail"));
        view.summary(new Tally(2, 1, 1, 1, 0, 0));

        // Then
        List<String> lines = written.toString().lines().toList();
        ObjectMapper json = new ObjectMapper();
        JsonNode answer = json.readTree(lines.get(0));
        assertThat(lines).hasSize(3).allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c < 0x7f));
        assertThat(answer.path("answer").asText()).isEqualTo(HOSTILE);
        assertThat(answer.path("withheld").asText()).isEqualTo("ü");
        assertThat(answer.path("scores").path("toxicity").asDouble()).isEqualTo(0.75);
        assertThat(json.readTree(lines.get(1)).path("reason").asText()).isEqualTo("INVALID_PROMPT");
        assertThat(json.readTree(lines.get(2)).path("duplicates").asInt(-1)).isZero();
    }

    private static Asked asked(String text) {
        return new Asked("id", "conversation", text);
    }

    private static Outcome.Answered answered(String prompt, String text, boolean flagged, Optional<String> withheld) {
        return new Outcome.Answered(
                asked(prompt), text, flagged, flagged, withheld, Map.of("toxicity", 0.75), 4, "LENGTH", 7, 0.5);
    }
}
