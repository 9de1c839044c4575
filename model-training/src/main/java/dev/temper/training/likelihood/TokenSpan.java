package dev.temper.training.likelihood;

/**
 * Token ids of which the last part is judged, given all before. {@link #toString()} shows no token.
 *
 * @param ids what the model reads, and judges; not to be changed
 * @param start the first judged position: at least 1, since nothing predicts a sequence's first token; {@code ids.length}
 *     judges nothing
 */
public record TokenSpan(int[] ids, int start) {
    public TokenSpan {
        if (start < 1 || start > ids.length) {
            throw new IllegalArgumentException("start must be in [1, " + ids.length + "], not " + start);
        }
    }

    /** Tokens that are judged. */
    public int judged() {
        return ids.length - start;
    }

    @Override
    public String toString() {
        return "TokenSpan[" + ids.length + " tokens, judged from " + start + "]";
    }
}
