package dev.temper.runtime.lm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A JSON object of a model folder, read setting by setting. Each error names the file, the setting and the cure. A
 * setting that is {@code null} counts as absent, as in the reference.
 */
final class JsonSettings {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String where;
    private final ObjectNode node;

    private JsonSettings(String where, ObjectNode node) {
        this.where = where;
        this.node = node;
    }

    /**
     * Reads a file that must be there.
     *
     * @param maxBytes files larger than this are refused unread
     */
    static JsonSettings read(Path file, long maxBytes, String cureIfMissing) {
        try {
            long size = Files.size(file);
            if (size > maxBytes) {
                throw new TemperException(file + " has " + size + " bytes, more than the " + maxBytes
                        + " that such a file can have; fetch it again");
            }
            return new JsonSettings(file.toString(), parse(file.toString(), Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw new TemperException(file + " does not exist: " + cureIfMissing, e);
        } catch (IOException e) {
            throw new TemperException("cannot read " + file + " (" + e + "); check its permissions", e);
        }
    }

    /** No settings: all are absent. */
    static JsonSettings none(String where) {
        return new JsonSettings(where, JSON.createObjectNode());
    }

    /** Parses one JSON object; {@code where} names it in errors. */
    static ObjectNode parse(String where, byte[] content) {
        try {
            if (JSON.readTree(content) instanceof ObjectNode object) {
                return object;
            }
            throw new TemperException(where + " does not hold a JSON object; fetch the file again");
        } catch (JsonProcessingException e) {
            throw new TemperException(
                    where + " is not valid JSON (" + firstLine(e.getOriginalMessage()) + "); fetch the file again", e);
        } catch (IOException e) {
            throw new TemperException("cannot read " + where + " (" + e + ")", e);
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    ObjectNode node() {
        return node;
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** The object under this name, if there is one. */
    Optional<JsonSettings> object(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (node.get(name) instanceof ObjectNode child) {
            return Optional.of(new JsonSettings(where + ": " + name, child));
        }
        throw wrong(name, "must be an object");
    }

    int integer(String name, int absent) {
        return integer(name).orElse(absent);
    }

    OptionalInt integer(String name) {
        if (!has(name)) {
            return OptionalInt.empty();
        }
        JsonNode value = node.get(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(name, "must be a whole number below 2^31");
        }
        return OptionalInt.of(value.intValue());
    }

    double number(String name, double absent) {
        if (!has(name)) {
            return absent;
        }
        return requiredNumber(name);
    }

    double requiredNumber(String name) {
        JsonNode value = node.path(name);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw wrong(name, "must be a finite number");
        }
        return value.doubleValue();
    }

    boolean flag(String name, boolean absent) {
        if (!has(name)) {
            return absent;
        }
        if (!node.get(name).isBoolean()) {
            throw wrong(name, "must be true or false");
        }
        return node.get(name).booleanValue();
    }

    /** Refuses a flag that is not as all models have it that are supported; absent, it is. */
    void require(String name, boolean supported) {
        if (flag(name, supported) != supported) {
            throw unsupported(name, String.valueOf(!supported), String.valueOf(supported));
        }
    }

    Optional<String> text(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (!node.get(name).isTextual()) {
            throw wrong(name, "must be text");
        }
        return Optional.of(node.get(name).textValue());
    }

    /** Texts of a list; empty when absent. */
    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (has(name)) {
            if (!node.get(name).isArray()) {
                throw wrong(name, "must be a list of texts");
            }
            for (JsonNode item : node.get(name)) {
                if (!item.isTextual()) {
                    throw wrong(name, "must be a list of texts");
                }
                texts.add(item.textValue());
            }
        }
        return texts;
    }

    /** Token ids given as one number or as a list of them; empty when absent. */
    List<Integer> tokenIds(String name) {
        return has(name)
                ? tokenIds(node.get(name), name, "must be a token id (at least 0) or a list of them")
                : List.of();
    }

    /** Lists of token ids; empty when absent. */
    List<List<Integer>> tokenIdLists(String name) {
        List<List<Integer>> lists = new ArrayList<>();
        if (has(name)) {
            String complaint = "must be a list of lists of token ids (at least 0)";
            if (!node.get(name).isArray()) {
                throw wrong(name, complaint);
            }
            for (JsonNode list : node.get(name)) {
                if (!list.isArray()) {
                    throw wrong(name, complaint);
                }
                lists.add(tokenIds(list, name, complaint));
            }
        }
        return lists;
    }

    private List<Integer> tokenIds(JsonNode value, String name, String complaint) {
        List<Integer> ids = new ArrayList<>();
        for (JsonNode item : value.isArray() ? value : List.of(value)) {
            if (!item.isIntegralNumber() || !item.canConvertToInt() || item.intValue() < 0) {
                throw wrong(name, complaint);
            }
            ids.add(item.intValue());
        }
        return ids;
    }

    /** Token id; -1, which some published files write for "none", counts as absent. */
    OptionalInt tokenId(String name) {
        OptionalInt id = integer(name);
        return id.isPresent() && id.getAsInt() == -1 ? OptionalInt.empty() : id;
    }

    /** An error about one setting of this object. */
    TemperException wrong(String name, String complaint) {
        return new TemperException(where + ": " + name + " " + complaint + "; correct it or fetch the file again");
    }

    /** An error that a record's own checks raised. */
    TemperException wrong(IllegalArgumentException complaint) {
        return new TemperException(
                where + ": " + complaint.getMessage() + "; correct it or fetch the file again", complaint);
    }

    /** A setting that is understood and not supported. */
    TemperException unsupported(String name, String value, String supported) {
        String shown = SafetensorsHeader.quoted(value);
        return new TemperException(where + ": " + name + " \"" + shown.substring(1, shown.length() - 1)
                + "\" is not supported; supported: " + supported);
    }
}
