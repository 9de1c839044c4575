package dev.temper.runtime.text.jinja;

import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A template, read once and rendered often. Immutable and thread-safe. */
public final class JinjaTemplate {

    /** The longest published chat templates have some 20,000 characters. */
    public static final int MAX_LENGTH = 1 << 20;

    private final Statement.Block body;

    private JinjaTemplate(Statement.Block body) {
        this.body = body;
    }

    /** @throws JinjaException of kind SYNTAX, naming the line; of kind LIMIT when the template is too long */
    public static JinjaTemplate parse(String source) {
        if (source.length() > MAX_LENGTH) {
            throw JinjaException.limit("the template is longer than " + MAX_LENGTH + " characters");
        }
        try {
            return new JinjaTemplate(Parser.parse(source));
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
    }

    /**
     * Renders the template.
     *
     * @param variables texts, numbers, truth values, null, and lists and maps (with text keys) of them
     * @param now the local time that {@code strftime_now} shows
     * @throws JinjaException of any kind but SYNTAX
     */
    public String render(
            Map<String, ? extends @Nullable Object> variables, Supplier<ZonedDateTime> now, Budget budget) {
        Scope scope = new Scope(budget, now);
        variables.forEach((name, value) -> scope.set(name, Values.of(value)));
        StringBuilder out = new StringBuilder();
        try {
            body.run(scope, out);
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
        return out.toString();
    }

    /** The depth limits come first on usual stacks; a thread with a tiny one still gets a typed error. */
    private static JinjaException tooDeep() {
        return JinjaException.limit("the template nests deeper than the thread's stack allows");
    }
}
