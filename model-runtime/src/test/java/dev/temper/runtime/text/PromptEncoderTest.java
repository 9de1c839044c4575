package dev.temper.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.EncodedPrompt.Fitting;
import dev.temper.runtime.text.EncodedPrompt.TooLong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptEncoderTest {

    @SuppressWarnings("NullAway.Init")
    private static Tokenizer llama3;

    @SuppressWarnings("NullAway.Init")
    private static Tokenizer llama2;

    @BeforeAll
    static void loadTokenizers() {
        llama3 = Tokenizer.load(Goldens.folder("tokenizers/llama3"));
        llama2 = Tokenizer.load(Goldens.folder("tokenizers/llama2"));
    }

    @AfterAll
    static void closeTokenizers() {
        llama3.close();
        llama2.close();
    }

    @Test
    void shouldEncodeConversationWithoutAddingSecondBos() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/llama3"), llama3);

        // When
        int[] ids = fitting(encoder.encode(conversation(1), 1_000)).ids();

        // Then
        int bos = llama3.specialTokens().bosId().orElseThrow();
        assertThat(ids).startsWith(bos);
        assertThat(ids).containsOnlyOnce(bos);
        assertThat(llama3.decode(ids, false)).endsWith("<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @Test
    void shouldEncodePlainPromptWithSpecialTokens() {
        // Given
        PromptEncoder encoder = new PromptEncoder(llama3, Optional.empty());

        // When
        int[] ids =
                fitting(encoder.encode(new Prompt.Plain("The weather is"), 100)).ids();

        // Then
        assertThat(ids).isEqualTo(llama3.encode("The weather is", true));
        assertThat(ids[0]).isEqualTo(llama3.specialTokens().bosId().orElseThrow());
    }

    @Test
    void shouldSayThatPromptIsTooLong() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/llama2"), llama2);
        int whole = fitting(encoder.encode(conversation(9), 100_000)).ids().length;

        // When
        EncodedPrompt result = encoder.encode(conversation(9), whole - 1);

        // Then
        assertThat(result).isEqualTo(new TooLong(whole, whole - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "llama3"})
    void shouldDropFewestOldMessagesAndKeepSystemAndTurns(String name) {
        // Given
        Tokenizer tokenizer = name.equals("llama2") ? llama2 : llama3;
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/" + name), tokenizer);
        Prompt.Chat chat = conversation(41);
        int whole = fitting(encoder.encode(chat, 100_000)).ids().length;

        for (int max : new int[] {whole - 1, whole / 2, whole / 3}) {
            // When
            Fitting result = fitting(encoder.encodeTruncating(chat, max));

            // Then
            String text = tokenizer.decode(result.ids(), false);
            assertThat(result.ids()).hasSizeLessThanOrEqualTo(max);
            assertThat(result.droppedTokens()).isEqualTo(whole - result.ids().length);
            assertThat(result.droppedMessages()).isPositive().isEven();
            assertThat(text)
                    .contains("Be brief.")
                    .contains("message 40")
                    .contains("message " + result.droppedMessages())
                    .doesNotContain("message " + (result.droppedMessages() - 1) + ".");
            int dropped = result.droppedMessages();
            assertThat(fitting(encoder.encode(without(chat, dropped), max)).ids())
                    .isEqualTo(result.ids());
            assertThat(encoder.encode(without(chat, dropped - 2), max)).isInstanceOf(TooLong.class);
        }
    }

    @Test
    void shouldCutOldestTextOfLastMessageWhenItAloneIsTooLong() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/llama2"), llama2);
        Prompt.Chat chat = new Prompt.Chat(List.of(
                new ChatMessage(Role.SYSTEM, "Be brief."),
                new ChatMessage(Role.USER, "an old question"),
                new ChatMessage(Role.ASSISTANT, "an old answer"),
                new ChatMessage(Role.USER, "🙂 word ".repeat(200) + "the end")));

        // When
        Fitting result = fitting(encoder.encodeTruncating(chat, 120));

        // Then
        String text = llama2.decode(result.ids(), false);
        assertThat(result.ids()).hasSizeBetween(110, 120);
        assertThat(result.droppedMessages()).isEqualTo(2);
        assertThat(result.droppedTokens()).isGreaterThan(500);
        assertThat(text)
                .contains("Be brief.")
                .contains("the end")
                .doesNotContain("\uFFFD")
                .doesNotContain("old");
    }

    @Test
    void shouldKeepQuestionWhenTemplateRefusesToBeginWithLastAnswer() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/llama2"), llama2);
        Prompt.Chat chat = conversation(10); // ends with the assistant

        // When
        Fitting result = fitting(encoder.encodeTruncating(chat, 75));

        // Then
        assertThat(llama2.decode(result.ids(), false)).contains("message 8").contains("message 9");
    }

    @ParameterizedTest
    @CsvSource({"llama3,12", "llama3,13", "llama3,14", "llama3,15", "llama2,12", "llama2,13", "llama2,14", "llama2,15"})
    void shouldCutPlainPromptBehindItsSpecialTokensAtCharacters(String name, int max) {
        // Given
        Tokenizer tokenizer = name.equals("llama2") ? llama2 : llama3;
        PromptEncoder encoder = new PromptEncoder(tokenizer, Optional.empty());
        String text = "日本語のテキスト🙂🙂🙂 the end";

        // When
        Fitting result = fitting(encoder.encodeTruncating(new Prompt.Plain(text), max));

        // Then
        assertThat(result.ids()).hasSizeBetween(max - 3, max);
        assertThat(result.ids()[0]).isEqualTo(tokenizer.specialTokens().bosId().orElseThrow());
        assertThat(text).endsWith(tokenizer.decode(result.ids(), true));
        assertThat(result.droppedTokens()).isEqualTo(tokenizer.encode(text, true).length - result.ids().length);
    }

    @Test
    void shouldSayTooLongWhenSystemMessageLeavesNoRoom() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/llama2"), llama2);
        Prompt.Chat chat = new Prompt.Chat(
                List.of(new ChatMessage(Role.SYSTEM, "rule ".repeat(100)), new ChatMessage(Role.USER, "Hello")));

        // When
        EncodedPrompt result = encoder.encodeTruncating(chat, 50);

        // Then
        assertThat(result).isInstanceOf(TooLong.class);
    }

    @Test
    void shouldRefuseConversationOutOfOrderWithTemplatesOwnWords() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/llama2"), llama2);
        Prompt chat = new Prompt.Chat(List.of(new ChatMessage(Role.ASSISTANT, "secret words")));

        // When / Then
        assertThatThrownBy(() -> encoder.encode(chat, 100))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("roles must alternate")
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldRefuseConversationWithoutTemplate() {
        // Given
        PromptEncoder encoder = PromptEncoder.load(Goldens.folder("tokenizers/gpt2"), llama3);

        // When / Then
        assertThatThrownBy(() -> encoder.encode(conversation(1), 100))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("no chat template");
    }

    /** A system message and {@code count} messages, the user's first. */
    private static Prompt.Chat conversation(int count) {
        List<ChatMessage> messages = new ArrayList<>(List.of(new ChatMessage(Role.SYSTEM, "Be brief.")));
        for (int i = 0; i < count; i++) {
            messages.add(new ChatMessage(i % 2 == 0 ? Role.USER : Role.ASSISTANT, "This is message " + i + "."));
        }
        return new Prompt.Chat(messages);
    }

    private static Prompt.Chat without(Prompt.Chat chat, int dropped) {
        List<ChatMessage> messages = new ArrayList<>(chat.messages());
        messages.subList(1, 1 + dropped).clear();
        return new Prompt.Chat(messages);
    }

    private static Fitting fitting(EncodedPrompt result) {
        assertThat(result).isInstanceOf(Fitting.class);
        return (Fitting) result;
    }
}
