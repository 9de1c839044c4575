package dev.temper.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.Prompt;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFilesTest {
    private static final String GOOD = "{\"id\":\"a\",\"text\":\"Grüße\",\"label\":0.25,\"context\":null,\"x\":[1]}\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void shouldReadLabelledRowsPlainAndGzippedAlike() throws IOException {
        // Given
        String content = GOOD + "\n{\"id\":\"b\",\"text\":\"no\",\"label\":1,\"context\":\"why?\"}";
        Path plain = write("rows.jsonl", content);
        Path packed = folder.resolve("rows.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }

        // When
        List<LabelledRow> rows = new ArrayList<>();
        List<LabelledRow> unpacked = new ArrayList<>();
        DataFile file = LabelledFile.read(plain, rows::add);
        DataFile packedFile = LabelledFile.read(packed, unpacked::add);

        // Then
        assertThat(rows)
                .containsExactly(
                        new LabelledRow("a", "Grüße", 0.25, Optional.empty()),
                        new LabelledRow("b", "no", 1, Optional.of("why?")));
        assertThat(unpacked).isEqualTo(rows);
        assertThat(file.rows()).isEqualTo(2);
        assertThat(file.sha256()).hasSize(64).isNotEqualTo(packedFile.sha256());
        assertThat(rows.get(0)).hasToString("LabelledRow[a, 5 characters, 0.25]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"text\":\"secret\",\"label\":1}|has no field \"id\"",
                "{\"id\":\"b\",\"label\":1}|has no field \"text\"",
                "{\"id\":\"b\",\"text\":null,\"label\":1}|has no field \"text\"",
                "{\"id\":\"b\",\"text\":\"\",\"label\":1}|has an empty \"text\"",
                "{\"id\":\"b\",\"text\":7,\"label\":1}|has a field \"text\" that is no text",
                "{\"id\":\"b\",\"text\":\"secret\"}|has no field \"label\"",
                "{\"id\":\"b\",\"text\":\"secret\",\"label\":\"1\"}|has a field \"label\" that is no number",
                "{\"id\":\"b\",\"text\":\"secret\",\"label\":1.5}|has label 1.5, which is outside [0, 1]",
                "{\"id\":\"b\",\"text\":\"secret\",\"label\":-1}|has label -1.0, which is outside [0, 1]",
                "{\"id\":\"b\",\"text\":\"secret\",\"label\":0,\"label\":1}|is not one valid JSON object",
                "{\"id\":\"b\",\"text\":\"secret|is not one valid JSON object",
                "{\"id\":\"b\",\"text\":\"secret\",\"label\":1} {}|is not one valid JSON object",
                "secret|is not one valid JSON object",
                "[\"secret\"]|is not a JSON object",
            })
    void shouldRefuseABadRowByFileAndLineWithoutItsText(String line, String complaint) throws IOException {
        // Given
        Path file = write("rows.jsonl", GOOD + "\n" + line + "\n" + GOOD);

        // When, Then
        assertThatThrownBy(() -> LabelledFile.read(file, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessageStartingWith(file + " line 3 ")
                .hasMessageContaining(complaint)
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    @Test
    void shouldRefuseWhatIsNotUtf8() throws IOException {
        // Given
        Path file = folder.resolve("latin1.jsonl");
        Files.write(file, GOOD.getBytes(StandardCharsets.ISO_8859_1));

        // When, Then
        assertThatThrownBy(() -> LabelledFile.read(file, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessage(file + " line 1 is not valid UTF-8; save the file as UTF-8");
    }

    @Test
    void shouldRefuseAFileThatIsMissingEmptyOrCutShort() throws IOException {
        // Given
        Path missing = folder.resolve("none.jsonl");
        Path empty = write("empty.jsonl", "\n \n");
        Path whole = folder.resolve("whole.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
            out.write(GOOD.repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.gz");
        Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));

        // When, Then
        assertThatThrownBy(() -> LabelledFile.read(missing, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("there is no data file " + missing);
        assertThatThrownBy(() -> LabelledFile.read(empty, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("has no rows");
        assertThatThrownBy(() -> LabelledFile.read(cut, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("cannot read data file " + cut);
    }

    @Test
    void shouldReadPromptsOfBothForms() throws IOException {
        // Given
        Path file = write(
                "prompts.jsonl",
                "{\"id\":\"a\",\"text\":\"Once\",\"toxicity\":0.1}\n"
                        + "{\"id\":\"b\",\"conversation\":\"c\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
                        + "\"kind\":\"innocent\"}\n");
        Prompt chat = new Prompt.Chat(List.of(new ChatMessage(ChatMessage.Role.USER, "Hi")));

        // When
        List<PromptRow> prompts = new ArrayList<>();
        PromptFile.read(file, PromptFile.TextAs.PLAIN, RowFilter.ALL, Optional.of("kind"), prompts::add);

        // Then
        assertThat(prompts)
                .containsExactly(
                        new PromptRow("a", new Prompt.Plain("Once"), ""), new PromptRow("b", chat, "innocent"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":\"a\",\"text\":\"secret\"}|repeats the id",
                "{\"id\":\"b\"}|has neither \"text\" nor \"messages\"",
                "{\"id\":\"b\",\"messages\":[]}|at least one message",
                "{\"id\":\"b\",\"messages\":[{\"role\":\"user\"}]}|has a message without the texts",
                "{\"id\":\"b\",\"messages\":[{\"role\":\"bot\",\"content\":\"secret\"}]}|role is not system, user or",
                "{\"id\":\"b\",\"messages\":[{\"role\":\"assistant\",\"content\":\"secret\"}]}|nothing to answer",
            })
    void shouldRefuseABadPrompt(String line, String complaint) throws IOException {
        // Given
        Path file = write("prompts.jsonl", "{\"id\":\"a\",\"text\":\"Hi\"}\n" + line);

        // When, Then
        assertThatThrownBy(() -> PromptFile.read(file, PromptFile.TextAs.USER_MESSAGE, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessageStartingWith(file + " line 2 ")
                .hasMessageContaining(complaint)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldTakeTheContextOfALabelledRowAsTheUsersMessage() throws IOException {
        // Given
        Path file = Files.writeString(
                folder.resolve("labelled.jsonl"),
                "{\"id\": \"1\", \"context\": \"how are you\", \"text\": \"fine\", \"label\": 0}\n");
        Path alone = Files.writeString(folder.resolve("alone.jsonl"), "{\"id\": \"1\", \"text\": \"fine\"}\n");
        List<PromptRow> prompts = new ArrayList<>();

        // When
        PromptFile.read(file, PromptFile.TextAs.ANSWER_TO_CONTEXT, prompts::add);

        // Then
        assertThat(prompts)
                .extracting(PromptRow::prompt)
                .containsExactly(new Prompt.Chat(List.of(new ChatMessage(ChatMessage.Role.USER, "how are you"))));
        assertThatThrownBy(() -> PromptFile.read(alone, PromptFile.TextAs.ANSWER_TO_CONTEXT, prompts::add))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("alone.jsonl line 1 has no field \"context\"");
    }

    @Test
    void shouldReadTheTurnsOfDialoguesAsNonToxicTexts() throws IOException {
        // Given
        Path file = write("dialogues.jsonl", "{\"id\":\"d\",\"turns\":[\"Hi\",\" \",{\"text\":\"Hello\"}]}\n");

        // When
        List<LabelledRow> rows = new ArrayList<>();
        DialogueFile.readTurnsAsNonToxic(file, rows::add);

        // Then
        assertThat(rows)
                .containsExactly(
                        new LabelledRow("d#0", "Hi", 0, Optional.empty()),
                        new LabelledRow("d#2", "Hello", 0, Optional.of("Hi")));
    }

    @Test
    void shouldHoldOutByTheTextsHashAlone() {
        // Given: first bytes of SHA-256 by an independent implementation, 140 and 105; as a signed byte 140 is -116
        String held = "the quick brown fox 6";
        String kept = "the quick brown fox 0";

        // When, Then
        assertThat(HeldOutSplit.isHeldOut(held)).isEqualTo(true);
        assertThat(HeldOutSplit.isHeldOut(kept)).isEqualTo(false);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
