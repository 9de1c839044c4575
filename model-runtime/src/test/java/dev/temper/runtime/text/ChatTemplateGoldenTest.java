package dev.temper.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates render as transformers renders them, to the character and to the token. */
class ChatTemplateGoldenTest {

    private static final TypeReference<Map<String, @Nullable Object>> MAP = new TypeReference<>() {};
    private static final TypeReference<List<Map<String, @Nullable Object>>> MESSAGES = new TypeReference<>() {};

    @ParameterizedTest
    @ValueSource(strings = {"falcon", "llama2", "llama3", "llama32", "mistral", "qwen2"})
    void shouldRenderConversationsAsTheReference(String name) {
        // Given
        Path folder = Goldens.folder("tokenizers/" + name);
        JsonNode golden = Goldens.read("tokenizers/" + name + "/golden_chat.json");
        SoftAssertions softly = new SoftAssertions();

        // When
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            ChatTemplate template =
                    ChatTemplate.load(folder, tokenizer.specialTokens()).orElseThrow();
            golden.get("variables").properties().forEach(variable -> softly.assertThat(
                            tokenizer.specialTokens().text(variable.getKey()).orElse(null))
                    .as(variable.getKey())
                    .isEqualTo(
                            variable.getValue().isNull()
                                    ? null
                                    : variable.getValue().asText()));
            for (JsonNode example : golden.get("cases")) {
                String label = example.get("name").asText();
                Map<String, @Nullable Object> variables =
                        new HashMap<>(Goldens.JSON.convertValue(example.get("kwargs"), MAP));
                if (example.has("tools")) {
                    variables.put("tools", Goldens.JSON.convertValue(example.get("tools"), Object.class));
                }
                String rendered;
                try {
                    rendered = template.renderFields(
                            Goldens.JSON.convertValue(example.get("messages"), MESSAGES),
                            example.get("add_generation_prompt").booleanValue(),
                            variables);
                } catch (ChatTemplateException e) {
                    softly.assertThat(e.getMessage()).as(label).endsWith(expectedError(example));
                    continue;
                }
                softly.assertThat(rendered)
                        .as(label)
                        .isEqualTo(example.path("rendered").asText("an error"));
                softly.assertThat(tokenizer.encode(rendered, false))
                        .as(label)
                        .isEqualTo(Goldens.ints(example.path("ids")));
            }
        }

        // Then
        softly.assertAll();
        assertThat(golden.get("cases")).hasSize(28);
    }

    @Test
    void shouldRenderSnippetsAsTheReference() {
        // Given
        JsonNode golden = Goldens.read("chat/jinja_snippets.json");
        Map<String, @Nullable Object> context = Goldens.JSON.convertValue(golden.get("context"), MAP);
        ZonedDateTime now = ZonedDateTime.of(2024, 7, 26, 9, 5, 3, 0, ZoneOffset.UTC);
        SoftAssertions softly = new SoftAssertions();

        // When
        for (JsonNode snippet : golden.get("snippets")) {
            String source = snippet.get("template").asText();
            String result;
            try {
                result = ChatTemplate.of(source, "a snippet", Map.of(), () -> now)
                        .renderFields(List.of(), true, context);
            } catch (ChatTemplateException e) {
                softly.assertThat(e.getMessage()).as(source).endsWith(expectedError(snippet));
                continue;
            }
            softly.assertThat(result)
                    .as(source)
                    .isEqualTo(snippet.path("rendered").asText("an error"));
        }

        // Then
        softly.assertAll();
        assertThat(golden.get("snippets")).hasSize(79);
    }

    /** The reference's error without the name of its Python class. */
    private static String expectedError(JsonNode example) {
        String error = example.path("error").asText("no error");
        return error.substring(error.indexOf(": ") + 1).trim();
    }
}
