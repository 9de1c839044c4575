package dev.temper.sandbox.traffic;

import dev.temper.runtime.text.ChatMessage;
import java.util.List;

/**
 * One prompt of a prompts file. {@link #toString()} never shows the messages.
 *
 * @param id the prompt's id, unique in its file
 * @param conversation the conversation that it belongs to: the record's key
 * @param messages the conversation so far; the last message is the user's, and is what shall be answered
 * @param kind what is to be expected of it
 */
public record SamplePrompt(String id, String conversation, List<ChatMessage> messages, Kind kind) {

    /** How far a prompt invites a toxic answer. */
    public enum Kind {
        INNOCENT,
        EDGY,
        PROVOCATIVE,
        /** The file does not say. */
        UNKNOWN
    }

    public SamplePrompt {
        messages = List.copyOf(messages);
        if (id.isBlank()) {
            throw new IllegalArgumentException("the id must not be blank");
        }
        if (conversation.isBlank()) {
            throw new IllegalArgumentException("the conversation must not be blank");
        }
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one message");
        }
        if (messages.get(messages.size() - 1).role() != ChatMessage.Role.USER) {
            throw new IllegalArgumentException("the last message must be the user's");
        }
    }

    @Override
    public String toString() {
        return "SamplePrompt[" + id + ", " + conversation + ", " + messages.size() + " messages, " + kind + "]";
    }
}
