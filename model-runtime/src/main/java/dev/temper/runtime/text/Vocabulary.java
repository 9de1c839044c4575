package dev.temper.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Tokens and their ids, read from {@code tokenizer.json}: the library's Java binding does not give them. Immutable.
 */
final class Vocabulary {

    private final Map<String, Integer> ids;
    private final int size;

    private Vocabulary(Map<String, Integer> ids) {
        this.ids = ids;
        this.size = new HashSet<>(ids.values()).size();
    }

    /**
     * Reads {@code model.vocab} (an object of ids, or for Unigram models a list of token and score) and
     * {@code added_tokens}.
     *
     * @throws TemperException when there is no vocabulary, or an id is not a number
     */
    static Vocabulary of(Path file, JsonNode root) {
        JsonNode vocab = root.path("model").path("vocab");
        if (!vocab.isObject() && !vocab.isArray()) {
            throw new TemperException(
                    file + " has no vocabulary under model.vocab; fetch the file again, it is not a tokenizer.json");
        }
        Map<String, Integer> ids = new HashMap<>();
        if (vocab.isArray()) {
            for (int id = 0; id < vocab.size(); id++) {
                ids.putIfAbsent(vocab.get(id).path(0).asText(), id);
            }
        } else {
            vocab.properties().forEach(entry -> ids.put(entry.getKey(), id(file, entry.getValue())));
        }
        for (JsonNode added : root.path("added_tokens")) {
            ids.put(added.path("content").asText(), id(file, added.path("id")));
        }
        return new Vocabulary(ids);
    }

    private static int id(Path file, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
            throw new TemperException(file + " has a token whose id is not a whole number of at least 0; fetch the"
                    + " file again, it is damaged");
        }
        return node.intValue();
    }

    OptionalInt idOf(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    boolean hasSameTokens(Vocabulary other) {
        return ids.equals(other.ids);
    }

    int size() {
        return size;
    }
}
