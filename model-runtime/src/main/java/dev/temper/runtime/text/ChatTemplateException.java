package dev.temper.runtime.text;

import dev.temper.runtime.TemperException;

/**
 * A chat template that cannot be read, or that cannot or will not render a conversation (roles out of order for one).
 * The message may hold the template's own words, never a message's content.
 */
public final class ChatTemplateException extends TemperException {

    private static final long serialVersionUID = 1L;

    public ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }

    public ChatTemplateException(String message) {
        super(message);
    }
}
