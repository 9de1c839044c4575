package dev.temper.sandbox.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON lines for scripts: an object of type {@code outcome} for each outcome, one of type {@code summary} at the end. */
final class JsonLinesView implements OutcomeView {
    /** ASCII only: texts are complete, and yet nothing in them reaches a terminal. */
    private final ObjectMapper json =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final PrintWriter out;

    JsonLinesView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void outcome(Outcome outcome) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", "outcome");
        line.put("id", outcome.asked().id());
        line.put("conversation", outcome.asked().conversation());
        line.put("prompt", outcome.asked().text());
        if (outcome instanceof Outcome.Answered answer) {
            line.put("answer", answer.text());
            line.put("refused", answer.refused());
            line.put("flagged", answer.flagged());
            answer.withheld().ifPresent(text -> line.put("withheld", text));
            line.put("scores", answer.scores());
            line.put("severity", answer.severity());
            line.put("finish_reason", answer.finishReason());
            line.put("output_tokens", answer.outputTokens());
            line.put("seconds", answer.seconds());
        } else if (outcome instanceof Outcome.Rejected reject) {
            line.put("rejected", true);
            line.put("reason", reject.reason());
            line.put("detail", reject.detail());
        }
        print(line);
    }

    @Override
    public void summary(Tally tally) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", "summary");
        line.put("prompts", tally.prompts());
        line.put("results", tally.results());
        line.put("flagged", tally.flagged());
        line.put("rejects", tally.rejects());
        line.put("duplicates", tally.duplicates());
        line.put("lost", tally.lost());
        print(line);
    }

    private void print(Map<String, Object> line) {
        try {
            // 0x7f is ASCII, but a terminal acts on it.
            out.println(json.writeValueAsString(line).replace("\u007f", "\\u007f"));
            out.flush();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
