package dev.temper.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void shouldNameMissingFileAndCure() {
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(folder.resolve("tokenizer.json").toString())
                .hasMessageContaining("save_pretrained");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{}", "{\"model\":{\"vocab\":{\"a\":-1}}}", "{\"model\":{\"vocab\":{\"a\":0}}}"})
    void shouldRefuseCorruptFileInOneReadableLine(String content) throws IOException {
        // Given
        Files.writeString(folder.resolve("tokenizer.json"), content);

        // When / Then
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(folder.resolve("tokenizer.json").toString())
                .hasMessageContaining("fetch the file again")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldKnowSpecialTokens() {
        try (Tokenizer opt = Tokenizer.load(Goldens.folder("tokenizers/opt"));
                Tokenizer neox = Tokenizer.load(Goldens.folder("tokenizers/gpt_neox"))) {
            assertThat(opt.specialTokens().bosId()).isEqualTo(opt.idOf("</s>"));
            assertThat(opt.specialTokens().eosId()).hasValue(2);
            assertThat(opt.specialTokens().padId()).hasValue(1);
            assertThat(opt.specialTokens().text("pad_token")).hasValue("<pad>");
            assertThat(neox.specialTokens().eosId()).isEqualTo(neox.idOf("<|endoftext|>"));
            assertThat(neox.specialTokens().padId()).isEmpty();
            assertThat(neox.idOf("no such token")).isEmpty();
        }
    }

    @Test
    void shouldTakeSpecialTokenIdsFromModelConfigWhenTokenizerHasNone() throws IOException {
        // Given
        Files.copy(Goldens.folder("tokenizers/gpt2").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("config.json"),
                "{\"bos_token_id\": 7, \"eos_token_id\": [8, 9], \"pad_token_id\": null}");

        // When
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            // Then
            assertThat(tokenizer.specialTokens().bosId()).hasValue(7);
            assertThat(tokenizer.specialTokens().eosId()).hasValue(8);
            assertThat(tokenizer.specialTokens().padId()).isEmpty();
        }
    }

    @Test
    void shouldTruncatePairLongestFirst() {
        // Given
        String shorter = "Who opened the window?";
        String longer = "The teacher opened the small window slowly.";

        try (Tokenizer whole = Tokenizer.load(Goldens.folder("tokenizers/bert"));
                Tokenizer cut = Tokenizer.loadTruncating(Goldens.folder("tokenizers/bert"), 14)) {
            // When
            Tokenizer.TypedTokens tokens = cut.encodeTyped(shorter, longer);

            // Then
            assertThat(whole.encodeTyped(shorter, longer).ids()).hasSize(16);
            assertThat(tokens.ids()).hasSize(14).endsWith(3);
            assertThat(tokens.typeIds()).containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1);
        }
    }

    @Test
    void shouldNotTruncateUnlessAsked() {
        try (Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/gpt2"))) {
            assertThat(tokenizer.encode("a b ".repeat(5_000), false)).hasSizeGreaterThan(9_000);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(?:a|b)*",
                "((a|b))+",
                "(?:x{2,})*",
                "(a*){200}",
                "([ab]+c)*+d",
                "(a)\\1",
                "(?<n>a)\\k<n>",
                "(?:\\p{L}+ )*",
                "(?:a{0,99}){0,99}b",
                "(a?){30}b",
                "(?:(?:a{2,3}){2}){2}"
            })
    void shouldRefuseRegularExpressionsThatMayNeverFinish(String regex) throws IOException {
        // Given
        String json = Files.readString(Goldens.folder("tokenizers/llama3").resolve("tokenizer.json"));
        writeWithRegex(json, regex);

        // When / Then
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("regular expression");
    }

    /** On each of these the native library would end the process. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/decoder;{\"type\":\"Replace\",\"pattern\":{\"String\":\"\\ud800\"},\"content\":\"\"};half a character",
                "/decoder;{\"type\":\"Strip\",\"content\":\" \",\"start\":0,\"stop\":9};strips the ends",
                "/decoder;{\"type\":\"Strip\",\"content\":\" \",\"start\":1e999,\"stop\":0};beyond all bounds",
                "/normalizer;{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"};Precompiled",
                "/normalizer;{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaaaaaaaaaaaaaaa\"};times as long",
                "/model/unk_token;\"not there\";unk_token",
                "/model/continuing_subword_prefix;\"##\";continuing_subword_prefix",
                "/post_processor;{\"type\":\"TemplateProcessing\",\"single\":[],\"pair\":[],\"special_tokens\":{}};template",
                "/post_processor;{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":\"B\",\"type_id\":0}}],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"special_tokens\":{}};template",
                "/post_processor;{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\",\"type_id\":0}}],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"special_tokens\":{}};template",
            })
    void shouldRefuseWhatTheNativeLibraryWouldNotSurvive(String place, String json, String complaint)
            throws IOException {
        // Given
        String original = Files.readString(Goldens.folder("tokenizers/llama2").resolve("tokenizer.json"));
        ObjectNode root = (ObjectNode) Goldens.JSON.readTree(original);
        int name = place.lastIndexOf('/');
        ((ObjectNode) root.at(place.substring(0, name)))
                .set(place.substring(name + 1), Goldens.JSON.getNodeFactory().textNode("PLACE"));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                Goldens.JSON.writeValueAsString(root).replace("\"PLACE\"", json));

        // When / Then
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining(complaint);
    }

    @Test
    void shouldRefuseStepsThatEachMakeATextLonger() throws IOException {
        // Given
        ObjectNode root = (ObjectNode) Goldens.JSON.readTree(
                Files.readString(Goldens.folder("tokenizers/llama3").resolve("tokenizer.json")));
        ArrayNode steps = (ArrayNode) root.path("pre_tokenizer").path("pretokenizers");
        for (int i = 0; i < 40; i++) {
            steps.add(steps.get(1).deepCopy());
        }
        Files.write(folder.resolve("tokenizer.json"), Goldens.JSON.writeValueAsBytes(root));

        // When / Then
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("times as long");
    }

    @Test
    void shouldRefuseNestingWithoutEnd() throws IOException {
        // Given
        String original = Files.readString(Goldens.folder("tokenizers/llama2").resolve("tokenizer.json"));
        String nested = "[".repeat(200) + "]".repeat(200);
        Files.writeString(folder.resolve("tokenizer.json"), original.replaceFirst("\\{", "{\"x\": " + nested + ","));

        // When / Then
        assertThatThrownBy(() -> Tokenizer.load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("nested");
    }

    /** Patterns of the shapes that published tokenizers use. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{M}]*[\\p{Ll}\\p{M}]+(?i:'s|'t)?|\\p{N}{1,3}|\\s*[\\r\\n]+",
                "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?:\\P{N}|$))",
                "\\d{1,3}(?=(?:\\d{3})*\\b)",
                " ?[^(\\s|[.,!?…。，、।۔،])]+",
                "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            })
    void shouldAcceptRegularExpressionsOfPublishedTokenizers(String regex) throws IOException {
        // Given
        String json = Files.readString(Goldens.folder("tokenizers/llama3").resolve("tokenizer.json"));
        writeWithRegex(json, regex);

        // When
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            // Then
            assertThat(tokenizer.decode(tokenizer.encode("1234 don't (stop)", false), false))
                    .isEqualTo("1234 don't (stop)");
        }
    }

    private void writeWithRegex(String json, String regex) throws IOException {
        ObjectNode root = (ObjectNode) Goldens.JSON.readTree(json);
        ObjectNode split =
                (ObjectNode) root.path("pre_tokenizer").path("pretokenizers").get(0);
        split.putObject("pattern").put("Regex", regex);
        Files.write(folder.resolve("tokenizer.json"), Goldens.JSON.writeValueAsBytes(root));
    }

    @Test
    void shouldRefuseTextsWithoutBound() {
        try (Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/gpt2"))) {
            String text = " ".repeat(Tokenizer.MAX_TEXT_LENGTH + 1);

            assertThatThrownBy(() -> tokenizer.encode(text, false))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("4194304");
        }
    }

    @Test
    void shouldReplaceUnpairedSurrogates() {
        try (Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/llama3"))) {
            assertThat(tokenizer.decode(tokenizer.encode("a\ud83d b 🙂 \ude42", false), false))
                    .isEqualTo("a\ufffd b 🙂 \ufffd");
        }
    }

    @Test
    void shouldDecodeIdsBeyondVocabularyToNothingAndRefuseNegativeOnes() {
        try (Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/qwen2"))) {
            assertThat(tokenizer.decode(new int[] {tokenizer.vocabularySize() + 50}, false))
                    .isEmpty();
            assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}, false))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldGiveSameIdsOnManyThreadsAndRefuseUseAfterClose() throws Exception {
        // Given
        Tokenizer tokenizer = Tokenizer.load(Goldens.folder("tokenizers/llama2"));
        List<String> texts = new ArrayList<>();
        Goldens.read("tokenizers/llama2/golden_tokenizer.json")
                .get("strings")
                .forEach(string -> texts.add(string.get("text").asText()));
        List<int[]> expected =
                texts.stream().map(text -> tokenizer.encode(text, true)).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);

        // When
        List<Future<List<int[]>>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            results.add(threads.submit(() ->
                    texts.stream().map(text -> tokenizer.encode(text, true)).toList()));
        }

        // Then
        for (Future<List<int[]>> result : results) {
            assertThat(result.get()).containsExactlyElementsOf(expected);
        }
        threads.shutdown();
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", true)).isInstanceOf(IllegalStateException.class);
    }
}
