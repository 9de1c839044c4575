package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.text.Tokenizer.TypedTokens;
import java.util.Arrays;
import java.util.List;

/**
 * Texts below each other, padded on the right.
 *
 * @param ids [text x longest], row by row
 * @param lengths real tokens of each text
 * @param longest tokens of the longest text: the width of a row
 */
record TokenBatch(long[] ids, long[] lengths, int longest) {

    /**
     * Checks and joins texts.
     *
     * @param padding stands behind shorter texts
     * @throws IllegalArgumentException if there is no text, one has no token or more than {@code maxTokens}, or a token
     *     is not in the vocabulary
     */
    static TokenBatch of(List<TypedTokens> texts, int vocab, int maxTokens, long padding) {
        int longest = texts.stream()
                .mapToInt(text -> text.ids().length)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("there must be at least one text"));
        long[] ids = new long[texts.size() * longest];
        Arrays.fill(ids, padding);
        long[] lengths = new long[texts.size()];
        for (int i = 0; i < lengths.length; i++) {
            int[] text = texts.get(i).ids();
            if (text.length == 0 || text.length > maxTokens) {
                throw new IllegalArgumentException(
                        "a text must have 1 to " + maxTokens + " tokens, not " + text.length);
            }
            for (int t = 0; t < text.length; t++) {
                if (text[t] < 0 || text[t] >= vocab) {
                    throw new IllegalArgumentException("token id " + text[t] + " is not in the vocabulary of " + vocab);
                }
                ids[i * longest + t] = text[t];
            }
            lengths[i] = text.length;
        }
        return new TokenBatch(ids, lengths, longest);
    }

    /** Ids as an array, [text, longest]. */
    NDArray ids(NDManager owner) {
        return matrix(owner, ids);
    }

    /** Numbers that stand beside the ids as an array, [text, longest]. */
    NDArray matrix(NDManager owner, long[] values) {
        return owner.create(values, new Shape(lengths.length, longest));
    }

    /**
     * Rows without what stands at padding.
     *
     * @param states [text, longest, width]
     * @return [text][token x width]
     */
    float[][] withoutPadding(NDArray states) {
        int width = (int) states.getShape().get(2);
        float[] flat = states.toFloatArray();
        float[][] rows = new float[lengths.length][];
        for (int i = 0; i < rows.length; i++) {
            int from = i * longest * width;
            rows[i] = Arrays.copyOfRange(flat, from, from + (int) lengths[i] * width);
        }
        return rows;
    }

    /** Rows of a matrix, [text, width] to [text][width]. */
    static float[][] rows(NDArray matrix) {
        float[] flat = matrix.toFloatArray();
        float[][] rows = new float[(int) matrix.getShape().get(0)][];
        int width = flat.length / rows.length;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }
}
