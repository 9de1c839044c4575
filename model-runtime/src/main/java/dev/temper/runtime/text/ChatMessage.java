package dev.temper.runtime.text;

import java.util.Locale;
import java.util.Objects;

/** One message of a conversation. {@link #toString()} never shows the content. */
public record ChatMessage(Role role, String content) {

    /** Who speaks; the lower-case name is what chat templates see. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT;

        /** The name that chat templates use: {@code system}, {@code user} or {@code assistant}. */
        public String templateName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }

    @Override
    public String toString() {
        return "ChatMessage[" + role + ", " + content.length() + " characters]";
    }
}
