package dev.temper.training.decoder;

/**
 * A text as token ids, of which those from {@code start} on are predicted. Prints no ids.
 *
 * @param ids at least two
 * @param start the first predicted token, in [1, ids)
 */
public record TokenSequence(int[] ids, int start) {
    public TokenSequence {
        if (start < 1 || start >= ids.length) {
            throw new IllegalArgumentException(
                    "the first predicted token must be in [1, " + ids.length + "), not " + start);
        }
    }

    /** Predicted tokens. */
    public int predicted() {
        return ids.length - start;
    }

    @Override
    public String toString() {
        return "TokenSequence[" + ids.length + " tokens, predicted from " + start + "]";
    }
}
