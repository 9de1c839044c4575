package dev.temper.app.moderation.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.TokenTrace;
import dev.temper.schemas.event.VerdictEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Flagged answers and verdicts as the page's API shows them ({@code docs/moderation-page.md}). */
public final class FlaggedJson {
    /** Of the answer, in characters. */
    static final int PREVIEW = 160;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private FlaggedJson() {}

    /** What the queue shows of an answer, without its verdict. */
    public static ObjectNode summary(FlaggedEvent event) {
        ObjectNode json = NODES.objectNode();
        json.put("id", event.getEventId());
        json.put("prompt_id", event.getPromptId());
        json.put("tenant", event.getTenant());
        json.put("at", event.getCompletedAt().toEpochMilli());
        json.put("action", event.getAssessment().getAction().name());
        json.put("severity", event.getAssessment().getSeverity());
        ArrayNode scores = json.putArray("scores");
        event.getAssessment().getScores().forEach(score -> scores.add(score(score)));
        json.put("preview", beginning(event.getText()));
        json.set(
                "subspaces",
                MAPPER.valueToTree(new TreeMap<>(event.getGeneration().getSubspaceHashes())));
        return json;
    }

    private static ObjectNode score(CategoryScore score) {
        ObjectNode json = NODES.objectNode();
        json.put("category", score.getCategory());
        json.put("score", finite(score.getScore()));
        json.put("threshold", score.getThreshold());
        json.put("exceeded", score.getExceeded());
        json.put("severity", score.getSeverity());
        return json;
    }

    /** Whole characters only: half of one is no JSON. */
    private static String beginning(String text) {
        return text.codePointCount(0, text.length()) <= PREVIEW
                ? text
                : text.substring(0, text.offsetByCodePoints(0, PREVIEW));
    }

    /** JSON knows no NaN. */
    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    /** All that is known of an answer, without its verdict. */
    public static ObjectNode detail(FlaggedEvent event) {
        ObjectNode json = summary(event);
        json.put("result_event_id", event.getResultEventId());
        ArrayNode messages = json.putArray("messages");
        for (Message message : event.getMessages()) {
            messages.addObject()
                    .put("role", message.getRole().name().toLowerCase(Locale.ROOT))
                    .put("content", message.getContent());
        }
        json.put("prompt", event.getPrompt());
        json.put("text", event.getText());
        json.put("policy_version", event.getAssessment().getPolicyVersion());
        json.put("scorer_id", event.getAssessment().getScorerId());
        json.put("model_id", event.getGeneration().getModelId());
        json.put("rewrites", event.getGeneration().getRewrites());
        json.set("parameters", parameters(event.getGeneration().getParameters()));
        json.put("finish_reason", event.getGeneration().getFinishReason().name().toLowerCase(Locale.ROOT));
        json.set("trace", trace(event.getTrace()));
        json.put(
                "latency_ms",
                Math.round(1000 * event.getGeneration().getTimings().getTotalSeconds()));
        return json;
    }

    private static ObjectNode parameters(GenerationParameters parameters) {
        ObjectNode json = NODES.objectNode();
        json.set("betas", MAPPER.valueToTree(new TreeMap<>(parameters.getBetas())));
        json.put("guidance_mode", parameters.getGuidanceMode().name().toLowerCase(Locale.ROOT));
        json.put("max_candidates", parameters.getMaxCandidates());
        json.put("temperature", parameters.getTemperature());
        json.put("top_k", parameters.getTopK());
        json.put("top_p", parameters.getTopP());
        json.put("repetition_penalty", parameters.getRepetitionPenalty());
        json.put("max_new_tokens", parameters.getMaxNewTokens());
        // As text: a program whose numbers are doubles must not round it.
        json.put("seed", Long.toString(parameters.getSeed()));
        return json;
    }

    private static ObjectNode trace(TokenTrace trace) {
        ObjectNode json = NODES.objectNode();
        ArrayNode tokens = json.putArray("tokens");
        for (int i = 0; i < trace.getTokenTexts().size(); i++) {
            ObjectNode token =
                    tokens.addObject().put("text", trace.getTokenTexts().get(i));
            ObjectNode margins = token.putObject("margins");
            for (Map.Entry<String, List<Double>> subspace : trace.getMargins().entrySet()) {
                if (i < subspace.getValue().size()
                        && Double.isFinite(subspace.getValue().get(i))) {
                    margins.put(subspace.getKey(), subspace.getValue().get(i));
                }
            }
        }
        return json;
    }

    /** A verdict. */
    public static ObjectNode verdict(VerdictEvent event) {
        ObjectNode json = NODES.objectNode();
        json.put("verdict", event.getVerdict().name().toLowerCase(Locale.ROOT));
        json.put("reviewer", event.getReviewer());
        json.put("note", event.getNote());
        json.put("decided_at", event.getDecidedAt().toEpochMilli());
        return json;
    }
}
