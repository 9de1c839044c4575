package dev.temper.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One line of a data file, read field by field. Complaints name file, line and field, never the value of a text. */
record JsonRow(Path file, long line, ObjectNode node) {

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    /** A text that must be there and must not be empty. */
    String requiredText(String field) {
        return text(field).orElseThrow(() -> missing(field));
    }

    /** A text, if there is one; {@code null} counts as absent, an empty text is refused. */
    Optional<String> text(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        JsonNode value = node.get(field);
        if (!value.isTextual()) {
            throw bad("has a field \"" + field + "\" that is no text");
        }
        if (value.textValue().isEmpty()) {
            throw bad("has an empty \"" + field + "\"");
        }
        return Optional.of(value.textValue());
    }

    /** A number in [0, 1] that must be there. */
    double requiredShare(String field) {
        if (!has(field)) {
            throw missing(field);
        }
        JsonNode value = node.get(field);
        if (!value.isNumber()) {
            throw bad("has a field \"" + field + "\" that is no number");
        }
        double share = value.doubleValue();
        if (!(share >= 0 && share <= 1)) {
            throw bad("has " + field + " " + share + ", which is outside [0, 1]");
        }
        return share;
    }

    /** A list of texts that must be there, none of them empty. */
    List<String> requiredTexts(String field, int atLeast) {
        if (!has(field)) {
            throw missing(field);
        }
        JsonNode list = node.get(field);
        if (!list.isArray() || list.size() < atLeast) {
            throw bad("needs \"" + field + "\" to be a list of at least " + atLeast + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : list) {
            if (!text.isTextual() || text.textValue().isEmpty()) {
                throw bad("has in \"" + field + "\", at number " + (texts.size() + 1) + ", no text, or an empty one");
            }
            texts.add(text.textValue());
        }
        return texts;
    }

    /** An index that must be there, in [0, size). */
    int requiredIndex(String field, int size) {
        if (!has(field)) {
            throw missing(field);
        }
        JsonNode value = node.get(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0 || value.intValue() >= size) {
            throw bad("needs \"" + field + "\" to be a whole number from 0 to " + (size - 1));
        }
        return value.intValue();
    }

    TemperException missing(String field) {
        return bad("has no field \"" + field + "\"");
    }

    TemperException bad(String complaint) {
        return JsonLines.bad(file, line, complaint);
    }

    @Override
    public String toString() {
        return "JsonRow[" + file + " line " + line + "]";
    }
}
