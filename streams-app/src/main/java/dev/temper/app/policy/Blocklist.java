package dev.temper.app.policy;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Words and phrases that lead to an action wherever they stand in an answer. A match acts as a category of its own,
 * {@code blocklist:<name>}.
 *
 * @param action what is done with an answer that holds one of the phrases; {@link Action#ALLOW} switches the list off
 * @param phrases what is looked for
 */
public record Blocklist(Action action, Phrases phrases) {
    /** What a match's category begins with; no scorer's category does. */
    public static final String CATEGORY_PREFIX = "blocklist:";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public Blocklist {
        Objects.requireNonNull(action, "action is missing; use audit, rewrite or block");
        Objects.requireNonNull(phrases, "phrases are missing; list at least one");
    }

    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "blocklists must be named with 1 to 64 letters, digits, dots, underscores"
                            + " and hyphens, which stand on flagged events");
        }
    }
}
