package dev.temper.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Refuses a {@code tokenizer.json} on which the native library would end the whole process: where it expects what its
 * author never wrote otherwise, it panics, and a panic under a native call is an abort. What it checks itself, with an
 * error, is left to it. Regular expressions are {@link RegexGuard}'s.
 */
final class TokenizerGuard {
    /** The library's parser gives up at 128, and its decoders panic when it does. */
    private static final int MAX_DEPTH = 100;

    /** Most that the steps before or after the model may multiply the length of a text by, all together. */
    private static final double MAX_GROWTH = 16;

    private final Path file;
    private int templates;

    private TokenizerGuard(Path file) {
        this.file = file;
    }

    /** @throws TemperException naming what is wrong */
    static void check(Path file, JsonNode tokenizer) {
        TokenizerGuard guard = new TokenizerGuard(file);
        tokenizer.properties().forEach(part -> {
            if (!part.getKey().equals("model") && !part.getKey().equals("added_tokens")) {
                guard.checkPart(part.getValue(), 1);
            }
        });
        guard.checkDepth(tokenizer, 0);
        for (String part : new String[] {"normalizer", "pre_tokenizer", "decoder"}) {
            if (guard.growth(tokenizer.path(part)) > MAX_GROWTH) {
                throw guard.refused("makes a text more than " + MAX_GROWTH + " times as long under " + part);
            }
        }
        guard.checkModel(tokenizer.path("model"));
        guard.checkProcessor(tokenizer.path("post_processor"));
    }

    private TemperException refused(String complaint) {
        return new TemperException(file + " " + complaint + "; fetch the file again, or check where it is from");
    }

    private void checkDepth(JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused("is nested more than " + MAX_DEPTH + " deep, as no tokenizer is");
        }
        if (node.isContainerNode()) {
            node.forEach(child -> checkDepth(child, depth + 1));
        }
    }

    private void checkPart(JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            return; // refused as a whole
        }
        if (node.isTextual()) {
            requireWellFormed(node.textValue());
        } else if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
            throw refused("holds a number beyond all bounds");
        } else if (node.isObject()) {
            node.fieldNames().forEachRemaining(this::requireWellFormed);
            String type = node.path("type").asText("");
            if (type.equals("Precompiled")) {
                throw refused("has a normalizer of type Precompiled, which is not supported");
            }
            if (type.equals("Strip") && node.path("stop").asDouble(0) > 0) {
                throw refused("strips the ends of tokens when it decodes, which is not supported");
            }
        }
        node.forEach(child -> checkPart(child, depth + 1));
    }

    /** An unpaired surrogate is JSON to Java, and an error to the library. */
    private void requireWellFormed(String text) {
        boolean unpaired =
                text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (unpaired) {
            throw refused("holds half a character");
        }
    }

    /** Steps that each make a text longer, one after the other, would soon need more memory than there is. */
    private double growth(JsonNode step) {
        double growth = 1;
        for (JsonNode child : step) {
            growth *= child.isContainerNode() ? growth(child) : 1;
        }
        return growth
                * switch (text(step, "type")) {
                    case "ByteLevel" -> 2; // two bytes for one that is no ASCII
                    case "Replace" -> Math.max(1, text(step, "content").length());
                    case "Prepend" -> Math.max(1, text(step, "prepend").length());
                    default -> 1;
                };
    }

    private void checkModel(JsonNode model) {
        // Merges are cut by the length of this prefix, wherever that is.
        boolean merges = model.path("merges").isArray();
        if (merges && !text(model, "continuing_subword_prefix").isEmpty()) {
            throw refused("has merges and a continuing_subword_prefix, which is not supported");
        }
        String unknown = text(model, "unk_token");
        if (!unknown.isEmpty()
                && model.path("vocab").isObject()
                && !model.path("vocab").has(unknown)) {
            throw refused("has an unk_token that is not in its vocabulary");
        }
    }

    private static String text(JsonNode object, String name) {
        return object.path(name).isTextual() ? object.path(name).textValue() : "";
    }

    /**
     * Templates of what stands around a text: the library looks up the special tokens that they name, and the texts, without
     * asking whether they are there.
     */
    private void checkProcessor(JsonNode processor) {
        if (processor.isMissingNode() || processor.isNull()) {
            return;
        }
        if (!processor.isObject()) {
            throw refused("has a post_processor that is no object");
        }
        processor.path("processors").forEach(this::checkProcessor);
        if (processor.has("single") || processor.has("pair")) {
            templates++;
            if (templates > 1) {
                throw refused("has more than one template under post_processor, which is not supported");
            }
            checkTemplate(processor.path("single"), Set.of("A"), processor.path("special_tokens"));
            checkTemplate(processor.path("pair"), Set.of("A", "B"), processor.path("special_tokens"));
        }
    }

    private void checkTemplate(JsonNode template, Set<String> texts, JsonNode specialTokens) {
        boolean valid = template.isArray() && !template.isEmpty();
        for (JsonNode piece : template) {
            boolean text = texts.contains(piece.path("Sequence").path("id").asText(""));
            JsonNode token =
                    specialTokens.path(piece.path("SpecialToken").path("id").asText(""));
            boolean known = token.path("ids").isArray()
                    && token.path("ids").size() == token.path("tokens").size();
            valid &= piece.size() == 1 && (text || known);
        }
        if (!valid) {
            throw refused(
                    "has a template under post_processor that is empty, or names a token or text that is not there");
        }
    }
}
