package dev.temper.sandbox.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.sandbox.traffic.SamplePrompt.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplePromptsTest {
    private static final Pattern CONTROL = Pattern.compile("\\p{C}");

    @Test
    void shouldShipEnoughPromptsOfEachKind() {
        // Given
        Map<Kind, Long> counts;

        // When
        counts = SamplePrompts.bundled().stream()
                .collect(Collectors.groupingBy(SamplePrompt::kind, Collectors.counting()));

        // Then
        assertThat(counts).containsOnlyKeys(Kind.INNOCENT, Kind.EDGY, Kind.PROVOCATIVE);
        assertThat(counts.get(Kind.INNOCENT)).isGreaterThanOrEqualTo(125);
        assertThat(counts.get(Kind.EDGY)).isGreaterThanOrEqualTo(30);
        assertThat(counts.get(Kind.PROVOCATIVE)).isGreaterThanOrEqualTo(230);
    }

    @Test
    void shouldShipPromptsThatDifferInMoreThanAWord() {
        // Given
        List<String> lastMessages = SamplePrompts.bundled().stream()
                .map(SamplePromptsTest::lastMessage)
                .toList();

        // When
        Map<String, Long> openings = lastMessages.stream()
                .map(SamplePromptsTest::firstFiveWords)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        // Then
        assertThat(lastMessages).doesNotHaveDuplicates();
        assertThat(openings.values()).allMatch(count -> count <= 2);
    }

    @Test
    void shouldShipConversationsWhoseRolesAlternateWithoutControlCharacters() {
        // Given
        List<SamplePrompt> prompts;

        // When
        prompts = SamplePrompts.bundled();

        // Then
        assertThat(prompts).allSatisfy(prompt -> {
            for (int i = 0; i < prompt.messages().size(); i++) {
                ChatMessage message = prompt.messages().get(i);
                assertThat(message.role()).isEqualTo(i % 2 == 0 ? Role.USER : Role.ASSISTANT);
                assertThat(message.content()).isNotBlank();
                assertThat(CONTROL.matcher(message.content()).find()).isFalse();
            }
        });
        assertThat(prompts).extracting(SamplePrompt::id).doesNotHaveDuplicates();
    }

    @Test
    void shouldShipConversationsThatGoOn() {
        // Given
        Map<String, List<SamplePrompt>> byConversation =
                SamplePrompts.bundled().stream().collect(Collectors.groupingBy(SamplePrompt::conversation));

        // When
        List<List<SamplePrompt>> several = byConversation.values().stream()
                .filter(turns -> turns.size() > 1)
                .toList();

        // Then
        assertThat(several).hasSizeGreaterThan(10).allSatisfy(turns -> {
            for (int i = 1; i < turns.size(); i++) {
                List<ChatMessage> before = turns.get(i - 1).messages();
                assertThat(turns.get(i).messages().subList(0, before.size())).isEqualTo(before);
            }
        });
    }

    @Test
    void shouldReadAFileWithNothingButIdsAndMessages(@TempDir Path folder) throws Exception {
        // Given
        Path file = Files.writeString(
                folder.resolve("p.jsonl"), "\n{\"id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}\n");

        // When
        List<SamplePrompt> prompts = SamplePrompts.read(file);

        // Then
        assertThat(prompts)
                .containsExactly(new SamplePrompt("a", "a", List.of(new ChatMessage(Role.USER, "hi")), Kind.UNKNOWN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret | it is not JSON",
                "{\"messages\":[]} | text field \"id\"",
                "{\"id\":\"a\",\"messages\":[]} | at least one message",
                "{\"id\":\" \",\"messages\":[{\"role\":\"user\",\"content\":\"secret\"}]} | id must not be blank",
                "{\"id\":\"a\",\"messages\":[{\"role\":\"assistant\",\"content\":\"secret\"}]} | must be the user's",
                "{\"id\":\"a\",\"messages\":[{\"role\":\"tool\",\"content\":\"secret\"}]} | a role must be",
                "{\"id\":\"a\",\"messages\":[{\"role\":\"user\"}]} | text field \"content\"",
                "{\"id\":\"a\",\"kind\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"s\"}]} | the kind must be",
            })
    void shouldNameABadLineWithoutItsText(String line, String why, @TempDir Path folder) throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("p.jsonl"), "\n" + line + "\n");

        // When
        var read = assertThatThrownBy(() -> SamplePrompts.read(file));

        // Then
        read.isInstanceOf(TemperException.class)
                .hasMessageContaining("Line 2")
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldRefuseARepeatedIdAnEmptyFileAndAMissingOne(@TempDir Path folder) throws Exception {
        // Given
        String line = "{\"id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}\n";
        Path repeated = Files.writeString(folder.resolve("r.jsonl"), line + line);
        Path empty = Files.writeString(folder.resolve("e.jsonl"), "\n");

        // When
        var readRepeated = assertThatThrownBy(() -> SamplePrompts.read(repeated));
        var readEmpty = assertThatThrownBy(() -> SamplePrompts.read(empty));
        var readMissing = assertThatThrownBy(() -> SamplePrompts.read(folder.resolve("none")));

        // Then
        readRepeated.isInstanceOf(TemperException.class).hasMessageContaining("on line 1 already");
        readEmpty.isInstanceOf(TemperException.class).hasMessageContaining("holds no prompt");
        readMissing.isInstanceOf(TemperException.class).hasMessageContaining("There is no prompts file");
    }

    private static String lastMessage(SamplePrompt prompt) {
        return prompt.messages().get(prompt.messages().size() - 1).content();
    }

    private static String firstFiveWords(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}']+"))
                .filter(word -> !word.isEmpty())
                .limit(5)
                .collect(Collectors.joining(" "));
    }
}
