package dev.temper.runtime.text.jinja;

/**
 * A template that cannot be read or rendered. The message names types, variables and the template's own words, never a
 * value that the template was given.
 */
public final class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** The template is not valid, or uses what this dialect does not offer. */
        SYNTAX,
        /** The template itself refused its input with {@code raise_exception}. */
        RAISED,
        /** An operation did not fit its values. */
        EVALUATION,
        /** The template wanted more work, output or nesting than it is allowed. */
        LIMIT
    }

    private final Kind kind;

    public JinjaException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static JinjaException syntax(int line, String message) {
        return new JinjaException(Kind.SYNTAX, "line " + line + ": " + message);
    }

    static JinjaException evaluation(String message) {
        return new JinjaException(Kind.EVALUATION, message);
    }

    static JinjaException limit(String message) {
        return new JinjaException(Kind.LIMIT, message);
    }
}
