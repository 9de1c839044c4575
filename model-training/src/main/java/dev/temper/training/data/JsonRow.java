package dev.temper.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
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
