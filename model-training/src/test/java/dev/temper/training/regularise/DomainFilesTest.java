package dev.temper.training.regularise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.training.TinyModel;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.decoder.TokenSequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainFilesTest {
    private static final ModelFolder MODEL = TinyModel.open();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private Path file(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    private static DomainFiles.Read read(DomainFiles files, int maxTokens) {
        try (Tokenizer tokenizer = Tokenizer.load(MODEL.path())) {
            return files.read(MODEL.path(), tokenizer, maxTokens);
        }
    }

    @Test
    void shouldLeaveOutWhatIsHeldOutAndWhatIsLabelledTooHigh() throws IOException {
        // Given
        List<String> rows = new ArrayList<>();
        int expected = 0;
        for (int i = 0; i < 100; i++) {
            String text = "some text of row number " + i;
            boolean high = i % 4 == 0;
            rows.add("{\"id\": \"" + i + "\", \"text\": \"" + text + "\", \"label\": " + (high ? 0.9 : 0.1) + "}");
            expected += high || HeldOutSplit.isHeldOut(text) ? 0 : 1;
        }
        DomainFiles files = new DomainFiles(List.of(file("a.jsonl", rows)), List.of(), 0, 0.5, List.of(), List.of());

        // When
        DomainFiles.Read read = read(files, 32);

        // Then
        assertThat(read.sequences()).hasSize(expected);
        assertThat(read.files()).singleElement().satisfies(file -> assertThat(file.rows())
                .isEqualTo(100));
    }

    @Test
    void shouldCutPlainTextIntoWindowsThatHoldAllOfIt() throws IOException {
        // Given a passage that is learnt from
        String passage = IntStream.range(0, 1000)
                .mapToObj(i -> "word" + i + " and more words of a long text")
                .filter(text -> !HeldOutSplit.isHeldOut(text + "\n"))
                .findFirst()
                .orElseThrow();
        DomainFiles files =
                new DomainFiles(List.of(), List.of(), 0, 1, List.of(), List.of(file("t.txt", List.of(passage))));

        // When
        List<TokenSequence> windows = read(files, 8).sequences();

        // Then
        assertThat(windows).hasSizeGreaterThan(1);
        assertThat(windows.subList(0, windows.size() - 1)).allMatch(window -> window.ids().length == 8);
        assertThat(windows).allMatch(window -> window.start() == 1);
    }

    @Test
    void shouldRenderDialoguesByTheModelsTemplate() throws IOException {
        // Given
        List<String> rows = IntStream.range(0, 20)
                .mapToObj(i ->
                        "{\"id\": \"" + i + "\", \"turns\": [\"hello " + i + "\", {\"text\": \"good day\"}, \" \"]}")
                .toList();
        DomainFiles files = new DomainFiles(List.of(), List.of(), 0, 1, List.of(file("d.jsonl", rows)), List.of());

        // When
        List<TokenSequence> dialogues = read(files, 256).sequences();

        // Then
        assertThat(dialogues).isNotEmpty();
        try (Tokenizer tokenizer = Tokenizer.load(MODEL.path())) {
            assertThat(tokenizer.decode(dialogues.get(0).ids(), true)).contains("user", "assistant", "good day");
        }
    }

    @Test
    void shouldRenderExchangesAsServedAndPredictOnlyTheAnswer() throws IOException {
        // Given rows whose labels lie below, between and above the bounds
        List<String> rows = IntStream.range(0, 60)
                .mapToObj(i -> "{\"id\": \"%d\", \"context\": \"how are you\", \"text\": \"well %d\", \"label\": %s}"
                        .formatted(i, i, List.of("0.2", "0.5", "0.9").get(i % 3)))
                .toList();
        DomainFiles files = new DomainFiles(List.of(), List.of(file("e.jsonl", rows)), 0.3, 0.7, List.of(), List.of());
        long learntFrom = IntStream.range(0, 60)
                .filter(i -> i % 3 == 1 && !HeldOutSplit.isHeldOut("well " + i))
                .count();

        // When
        List<TokenSequence> exchanges = read(files, 256).sequences();

        // Then
        assertThat(exchanges).hasSize((int) learntFrom);
        try (Tokenizer tokenizer = Tokenizer.load(MODEL.path())) {
            EncodedPrompt served = PromptEncoder.load(MODEL.path(), tokenizer)
                    .encode(new Prompt.Chat(List.of(new ChatMessage(Role.USER, "how are you"))), 256);
            TokenSequence first = exchanges.get(0);
            assertThat(Arrays.copyOf(first.ids(), first.start())).isEqualTo(((EncodedPrompt.Fitting) served).ids());
            String answer = tokenizer.decode(Arrays.copyOfRange(first.ids(), first.start(), first.ids().length), false);
            assertThat(answer).startsWith("well ").hasSizeGreaterThan("well 59".length()); // and the end of a turn
        }
    }

    @Test
    void shouldShortenALongMessageAtItsBeginningAndALongAnswerAtItsEnd() throws IOException {
        // Given
        String many = "many words ".repeat(100);
        List<String> rows = IntStream.range(0, 20)
                .mapToObj(i -> "{\"id\": \"%d\", \"context\": \"%s why\", \"text\": \"because %d %s\", \"label\": 0}"
                        .formatted(i, many, i, many))
                .toList();
        DomainFiles files = new DomainFiles(List.of(), List.of(file("e.jsonl", rows)), 0, 1, List.of(), List.of());

        // When
        List<TokenSequence> exchanges = read(files, 64).sequences();

        // Then
        assertThat(exchanges).isNotEmpty().allMatch(e -> e.ids().length == 64 && e.start() <= 32);
        try (Tokenizer tokenizer = Tokenizer.load(MODEL.path())) {
            assertThat(tokenizer.decode(exchanges.get(0).ids(), true)).contains(" why", "because ");
        }
    }

    @Test
    void shouldRefuseBadFilesWithFileAndLine() throws IOException {
        Path wrongLabel = file(
                "bad.jsonl",
                List.of(
                        "{\"id\": \"1\", \"text\": \"t\", \"label\": 0}",
                        "{\"id\": \"2\", \"text\": \"t\", \"label\": 3}"));
        Path blank = file("blank.txt", List.of("", " "));
        Path binary = Files.write(folder.resolve("b.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> read(new DomainFiles(List.of(wrongLabel), List.of(), 0, 1, List.of(), List.of()), 8))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("bad.jsonl line 2");
        assertThatThrownBy(() -> read(new DomainFiles(List.of(), List.of(), 0, 1, List.of(), List.of(blank)), 8))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("is blank");
        assertThatThrownBy(() -> read(new DomainFiles(List.of(), List.of(), 0, 1, List.of(), List.of(binary)), 8))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("not valid UTF-8");
        Path alone = file("alone.jsonl", List.of("{\"id\": \"1\", \"text\": \"t\", \"label\": 0}"));
        assertThatThrownBy(() -> read(new DomainFiles(List.of(), List.of(alone), 0, 1, List.of(), List.of()), 8))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("alone.jsonl line 1 has no field \"context\"");
        assertThatThrownBy(() -> new DomainFiles(List.of(alone), List.of(), 0.6, 0.5, List.of(), List.of()))
                .hasMessageContaining("lowest_label");
        assertThatThrownBy(() -> new DomainFiles(List.of(), List.of(), 0, 1, List.of(), List.of()))
                .hasMessageContaining("needs files");
    }
}
