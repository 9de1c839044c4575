package dev.temper.runtime.decode;

/**
 * How much a decoder's cache holds. All of it is a bound from the start: nothing is allotted while sequences run but
 * {@code keptBytes}, which is given up first.
 *
 * @param slots most sequences at once, those whose prompts are being read included
 * @param contextLength most tokens of one sequence, prompt and answer together; at most the model's own are used
 * @param keptBytes most bytes of keys and values kept of ended sequences, for prompts that begin alike; 0 = none
 */
public record CacheLimits(int slots, int contextLength, long keptBytes) {
    public CacheLimits {
        if (slots < 1 || contextLength < 2 || keptBytes < 0) {
            throw new IllegalArgumentException("a cache cannot have " + slots + " slots of " + contextLength
                    + " tokens and keep " + keptBytes + " bytes");
        }
    }
}
