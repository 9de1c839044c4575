package dev.temper.app.policy;

/** What is done with an answer, from mildest to strongest: the strongest of several wins. */
public enum Action {
    /** The answer passes; its score is recorded. */
    ALLOW,
    /** The answer passes, and a flag is raised. */
    AUDIT,
    /** Another answer is asked for, under stronger guidance; {@link RewriteRule} says how often, and what then. */
    REWRITE,
    /** A refusal passes in place of the answer, and a flag is raised. */
    BLOCK;

    /** The stronger of the two. */
    Action or(Action other) {
        return other.compareTo(this) > 0 ? other : this;
    }
}
