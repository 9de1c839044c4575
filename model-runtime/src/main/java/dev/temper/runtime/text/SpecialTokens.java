package dev.temper.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokens of a model that have a role. Texts come from {@code tokenizer_config.json}, else from
 * {@code special_tokens_map.json}; ids from the vocabulary, else from {@code config.json}.
 *
 * @param texts role names as the files write them ({@code bos_token}, {@code eos_token}, {@code pad_token},
 *     {@code unk_token}, {@code sep_token}, {@code cls_token}, {@code mask_token}) to token texts; a role that the
 *     model does not have is absent. Chat templates see exactly these as variables.
 * @param ids the same role names to token ids
 */
public record SpecialTokens(Map<String, String> texts, Map<String, Integer> ids) {

    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    public SpecialTokens {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
        ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
    }

    /** The id of the beginning-of-sequence token. */
    public OptionalInt bosId() {
        return id("bos_token");
    }

    /** The id of the end-of-sequence token; {@code generation_config.json} may name more that end generation. */
    public OptionalInt eosId() {
        return id("eos_token");
    }

    /** The id of the padding token. */
    public OptionalInt padId() {
        return id("pad_token");
    }

    /** The text of a role, {@code bos_token} for one. */
    public Optional<String> text(String role) {
        return Optional.ofNullable(texts.get(role));
    }

    private OptionalInt id(String role) {
        Integer id = ids.get(role);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    static SpecialTokens load(Path folder, Vocabulary vocabulary) {
        JsonNode tokenizerConfig = TokenizerFiles.readOptionalJson(folder.resolve("tokenizer_config.json"));
        JsonNode specialTokensMap = TokenizerFiles.readOptionalJson(folder.resolve("special_tokens_map.json"));
        JsonNode config = TokenizerFiles.readOptionalJson(folder.resolve("config.json"));
        Map<String, String> texts = new LinkedHashMap<>();
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (String role : ROLES) {
            Path source =
                    folder.resolve(tokenizerConfig.has(role) ? "tokenizer_config.json" : "special_tokens_map.json");
            JsonNode node = tokenizerConfig.has(role) ? tokenizerConfig.path(role) : specialTokensMap.path(role);
            tokenText(source, role, node).ifPresent(text -> {
                texts.put(role, text);
                vocabulary.idOf(text).ifPresent(id -> ids.put(role, id));
            });
            JsonNode configured = config.path(role + "_id");
            JsonNode first = configured.isArray() ? configured.path(0) : configured;
            if (first.canConvertToInt() && first.isIntegralNumber() && first.intValue() >= 0) {
                ids.putIfAbsent(role, first.intValue());
            }
        }
        return new SpecialTokens(texts, ids);
    }

    /** Files hold a token as its text, or as an AddedToken object; null means that the model has none. */
    private static Optional<String> tokenText(Path source, String role, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        JsonNode text = node.isObject() ? node.path("content") : node;
        if (!text.isTextual()) {
            throw new TemperException(source + ": " + role + " is neither text nor an object with its text under"
                    + " \"content\"; correct it or fetch the file again");
        }
        return Optional.of(text.asText());
    }
}
