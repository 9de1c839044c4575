package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;

/**
 * Which flagged answers are asked for; what is empty is not looked at.
 *
 * @param state open, reviewed or all
 * @param category one that was exceeded
 * @param action what the policy did, whatever the case of its letters
 * @param minSeverity least severity
 * @param text what the answer, the prompt or an id must contain, whatever its case
 */
public record QueueFilter(State state, String tenant, String category, String action, int minSeverity, String text) {

    /** Whether somebody has judged it. */
    public enum State {
        OPEN,
        REVIEWED,
        ALL;

        boolean admits(boolean judged) {
            return this == ALL || judged == (this == REVIEWED);
        }
    }

    /** By the parameters of a request. */
    public static QueueFilter of(Map<String, String> query) {
        String state = query.getOrDefault("state", "").isEmpty() ? "open" : query.get("state");
        State known;
        try {
            known = State.valueOf(String.valueOf(state).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new PageException(400, "state must be open, reviewed or all");
        }
        return new QueueFilter(
                known,
                query.getOrDefault("tenant", ""),
                query.getOrDefault("category", ""),
                query.getOrDefault("action", ""),
                Parameters.integer(query, "min_severity", 0, 0, 6),
                query.getOrDefault("q", "").strip().toLowerCase(Locale.ROOT));
    }

    boolean admits(JsonNode summary) {
        return (tenant.isEmpty() || tenant.equals(summary.path("tenant").asText()))
                && (action.isEmpty()
                        || action.equalsIgnoreCase(summary.path("action").asText()))
                && summary.path("severity").asInt() >= minSeverity
                && (category.isEmpty() || exceeds(summary));
    }

    private boolean exceeds(JsonNode summary) {
        for (JsonNode score : summary.path("scores")) {
            if (score.path("exceeded").asBoolean()
                    && category.equals(score.path("category").asText())) {
                return true;
            }
        }
        return false;
    }
}
