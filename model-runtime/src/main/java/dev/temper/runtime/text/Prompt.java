package dev.temper.runtime.text;

import java.util.List;
import java.util.Objects;

/** What the model is asked to continue. Neither form shows its text in {@link Object#toString()}. */
public sealed interface Prompt {

    /** A conversation, rendered by the model's chat template; at least one message. */
    record Chat(List<ChatMessage> messages) implements Prompt {
        public Chat {
            messages = List.copyOf(messages);
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("a conversation needs at least one message");
            }
        }

        @Override
        public String toString() {
            return "Chat[" + messages.size() + " messages]";
        }
    }

    /** Plain text that the model continues as it stands, without a chat template. */
    record Plain(String text) implements Prompt {
        public Plain {
            Objects.requireNonNull(text, "text");
            if (text.isEmpty()) {
                throw new IllegalArgumentException("a plain prompt must not be empty");
            }
        }

        @Override
        public String toString() {
            return "Plain[" + text.length() + " characters]";
        }
    }
}
