package dev.temper.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.Prompt;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptRowTest {

    @Test
    void shouldBeHeldOutByItsTextOrItsFirstMessage() {
        // Given a text of each side of the split
        String kept = text(true);
        String learnt = text(false);

        // When it is continued, or opens a conversation
        // Then the text alone decides, in whatever form it stands
        assertThat(new PromptRow("1", new Prompt.Plain(kept), "").isHeldOut()).isTrue();
        assertThat(new PromptRow("2", new Prompt.Plain(learnt), "").isHeldOut()).isFalse();
        assertThat(new PromptRow("3", chat(kept, learnt), "").isHeldOut()).isTrue();
        assertThat(new PromptRow("4", chat(learnt, kept), "").isHeldOut()).isFalse();
    }

    private static String text(boolean heldOut) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> "text " + i)
                .filter(text -> HeldOutSplit.isHeldOut(text) == heldOut)
                .findFirst()
                .orElseThrow();
    }

    private static Prompt chat(String first, String second) {
        return new Prompt.Chat(List.of(new ChatMessage(Role.USER, first), new ChatMessage(Role.ASSISTANT, second)));
    }
}
