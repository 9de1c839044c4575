package dev.temper.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every tokenizer family gives the reference library's ids and text. */
class TokenizerGoldenTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt2",
                "opt",
                "roberta",
                "falcon",
                "llama3",
                "qwen2",
                "gpt_neox",
                "llama2",
                "mistral",
                "bert",
                "distilbert"
            })
    void shouldEncodeAndDecodeAsTheReference(String name) {
        // Given
        JsonNode golden = Goldens.read("tokenizers/" + name + "/golden_tokenizer.json");
        SoftAssertions softly = new SoftAssertions();
        List<String> texts = new ArrayList<>();
        List<int[]> ids = new ArrayList<>();

        // When
        try (Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/" + name))) {
            for (JsonNode string : golden.get("strings")) {
                String text = string.get("text").asText();
                int[] plain = Goldens.ints(string.get("ids"));
                int[] special = Goldens.ints(string.get("ids_special"));
                texts.add(text);
                ids.add(special);
                softly.assertThat(tokenizer.encode(text, false)).isEqualTo(plain);
                softly.assertThat(tokenizer.encode(text, true)).isEqualTo(special);
                softly.assertThat(tokenizer.decode(plain, false)).isEqualTo(decoded(string, "decoded"));
                softly.assertThat(tokenizer.decode(special, false)).isEqualTo(decoded(string, "decoded_special"));
                softly.assertThat(tokenizer.decode(special, true)).isEqualTo(decoded(string, "decoded_skip"));
                if (string.has("type_ids")) {
                    softly.assertThat(tokenizer.encodeTyped(text).typeIds())
                            .isEqualTo(Goldens.ints(string.get("type_ids")));
                }
            }
            for (JsonNode random : golden.get("random_decode")) {
                int[] randomIds = Goldens.ints(random.get("ids"));
                softly.assertThat(tokenizer.decode(randomIds, false))
                        .isEqualTo(random.get("decoded").asText());
                softly.assertThat(tokenizer.decode(randomIds, true))
                        .isEqualTo(random.get("decoded_skip").asText());
            }
            for (JsonNode pair : golden.path("pairs")) {
                Tokenizer.TypedTokens tokens = tokenizer.encodeTyped(
                        pair.get("a").asText(), pair.get("b").asText());
                softly.assertThat(tokens.ids()).isEqualTo(Goldens.ints(pair.get("ids")));
                softly.assertThat(tokens.typeIds()).isEqualTo(Goldens.ints(pair.get("type_ids")));
            }
            softly.assertThat(tokenizer.encodeAll(texts, true)).containsExactlyElementsOf(ids);
            softly.assertThat(tokenizer.vocabularySize())
                    .isEqualTo(golden.get("vocab_size_with_added").intValue());
        }

        // Then
        softly.assertAll();
        assertThat(texts).hasSizeGreaterThanOrEqualTo(240);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt2",
                "opt",
                "roberta",
                "falcon",
                "llama3",
                "qwen2",
                "gpt_neox",
                "llama2",
                "mistral",
                "bert",
                "distilbert"
            })
    void shouldStreamAsTheReference(String name) {
        // Given
        JsonNode streams =
                Goldens.read("tokenizers/" + name + "/golden_tokenizer.json").get("streams");
        SoftAssertions softly = new SoftAssertions();

        // When
        try (Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/" + name))) {
            for (JsonNode stream : streams) {
                boolean skip = stream.get("skip_special_tokens").booleanValue();
                int[] ids = Goldens.ints(stream.get("ids"));
                StreamingDetokenizer detokenizer = new StreamingDetokenizer(tokenizer, skip);
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < ids.length; i++) {
                    String piece = detokenizer.accept(ids[i]);
                    softly.assertThat(piece)
                            .isEqualTo(stream.get("reference").get(i).asText(""));
                    all.append(piece);
                }
                String rest = detokenizer.finish();
                softly.assertThat(rest).isEqualTo(stream.get("reference_rest").asText());
                softly.assertThat(tokenizer.decode(ids, skip))
                        .isEqualTo(stream.get("full").asText());
                if (stream.get("clean").booleanValue()) {
                    softly.assertThat(all + rest).isEqualTo(stream.get("full").asText());
                }
            }
        }

        // Then
        softly.assertAll();
        assertThat(streams).hasSizeGreaterThan(40);
    }

    private static String decoded(JsonNode string, String field) {
        JsonNode decoded = string.get(field);
        return decoded.isBoolean() ? string.get("text").asText() : decoded.asText();
    }
}
