package dev.temper.training.data;

import dev.temper.runtime.text.Prompt;
import java.util.Objects;

/**
 * A prompt to answer in an evaluation.
 *
 * @param id unique in its file
 * @param prompt a conversation or a plain text to continue
 * @param group the part of the data that it belongs to; empty if to none
 */
public record PromptRow(String id, Prompt prompt, String group) {
    public PromptRow {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(group, "group");
        if (id.isBlank()) {
            throw new IllegalArgumentException("a prompt needs an id");
        }
    }

    /** Whether it is kept from training ({@link HeldOutSplit}), by its text or by its conversation's first message. */
    public boolean isHeldOut() {
        if (prompt instanceof Prompt.Chat chat) {
            return HeldOutSplit.isHeldOut(chat.messages().get(0).content());
        }
        return HeldOutSplit.isHeldOut(((Prompt.Plain) prompt).text());
    }
}
