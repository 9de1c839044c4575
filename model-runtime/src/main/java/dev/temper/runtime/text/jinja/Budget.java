package dev.temper.runtime.text.jinja;

/**
 * What one rendering may still cost. Not thread-safe: one per rendering.
 *
 * <p>The unit of work is one node evaluated, one element visited or one character made. Every operation pays before it
 * allocates, so the total also bounds memory.
 */
public final class Budget {

    /** Units of work: hundreds of times what a long conversation needs, and seconds of one core at most. */
    public static final long DEFAULT_WORK = 20_000_000;

    /** Characters of output: several times the longest context that models have. */
    public static final int DEFAULT_OUTPUT = 4 << 20;

    /** Nodes, macros and values inside each other. */
    static final int MAX_DEPTH = 400;

    /** Bits of a whole number. */
    static final int MAX_INTEGER_BITS = 1 << 11;

    private final int maxOutput;
    private long work;
    private int depth;

    public Budget(long work, int maxOutput) {
        this.work = work;
        this.maxOutput = maxOutput;
    }

    /** Pays for work about to be done. */
    void spend(long units) {
        work -= units;
        if (work < 0 || units < 0) {
            throw JinjaException.limit("the template does more work than a chat template may");
        }
    }

    /** Pays for searching {@code needle} characters in {@code text} characters, which can cost their product. */
    void spendSearch(int text, int needle) {
        spend(text * Math.max(1L, needle / 8));
    }

    /** Pays for a number made into text or rounded exactly, which costs far more than its characters. */
    void spendConversion() {
        spend(500);
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw JinjaException.limit("the template nests deeper than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    void checkOutput(int length) {
        if (length > maxOutput) {
            throw JinjaException.limit("the rendered text exceeds " + maxOutput + " characters");
        }
    }
}
