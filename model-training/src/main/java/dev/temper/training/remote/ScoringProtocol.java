package dev.temper.training.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a scoring service is asked, and how it answers. Stateless. */
public enum ScoringProtocol {

    /**
     * Perspective's {@code comments:analyze}: one text a request, and nothing stored there. Scores are
     * {@code attributeScores.<category>.summaryScore.value}.
     */
    PERSPECTIVE {
        @Override
        ObjectNode request(List<String> texts, List<String> categories, String language) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.putObject("comment").put("text", texts.get(0)).put("type", "PLAIN_TEXT");
            body.putArray("languages").add(language);
            ObjectNode wanted = body.putObject("requestedAttributes");
            categories.forEach(wanted::putObject);
            return body.put("doNotStore", true);
        }

        @Override
        Optional<List<Map<String, Double>>> scores(JsonNode answer, int texts, List<String> categories) {
            return all(categories, name -> answer.path("attributeScores")
                            .path(name)
                            .path("summaryScore")
                            .path("value"))
                    .map(List::of);
        }
    },

    /**
     * A moderation endpoint: {@code {"input": …}}, a text, or a list where a request holds several. Scores are
     * {@code results[].category_scores.<category>}.
     */
    MODERATION {
        @Override
        ObjectNode request(List<String> texts, List<String> categories, String language) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            if (texts.size() == 1) {
                return body.put("input", texts.get(0));
            }
            texts.forEach(body.putArray("input")::add);
            return body;
        }

        @Override
        Optional<List<Map<String, Double>>> scores(JsonNode answer, int texts, List<String> categories) {
            JsonNode results = answer.path("results");
            if (!results.isArray() || results.size() != texts) {
                return Optional.empty();
            }
            List<Map<String, Double>> all = new ArrayList<>();
            for (JsonNode result : results) {
                Optional<Map<String, Double>> scores = all(categories, result.path("category_scores")::path);
                if (scores.isEmpty()) {
                    return Optional.empty();
                }
                all.add(scores.get());
            }
            return Optional.of(all);
        }
    };

    /** The body of a request for some texts. */
    abstract ObjectNode request(List<String> texts, List<String> categories, String language);

    /** For each text its scores, in the order of the categories; empty if the answer does not have them all. */
    abstract Optional<List<Map<String, Double>>> scores(JsonNode answer, int texts, List<String> categories);

    private interface ByName {
        JsonNode of(String category);
    }

    private static Optional<Map<String, Double>> all(List<String> categories, ByName values) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (String category : categories) {
            JsonNode value = values.of(category);
            if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
                return Optional.empty();
            }
            scores.put(category, value.doubleValue());
        }
        return Optional.of(scores);
    }
}
