package dev.temper.runtime.lm;

/**
 * The numbers of a decoder that do not depend on its family: all that a cache, a loop or a subspace needs to know.
 *
 * @param layers decoder layers
 * @param kvHeads heads of keys and values in each layer; fewer than query heads when these share them
 * @param headDim width of one head
 * @param hidden width of a hidden state
 * @param vocab rows of the output layer; the tokenizer may have fewer tokens
 * @param maxPositions most tokens of prompt and answer together
 */
public record LmShape(int layers, int kvHeads, int headDim, int hidden, int vocab, int maxPositions) {
    public LmShape {
        requirePositive("layers", layers);
        requirePositive("key-value heads", kvHeads);
        requirePositive("head dimension", headDim);
        requirePositive("hidden size", hidden);
        requirePositive("vocabulary", vocab);
        requirePositive("positions", maxPositions);
    }

    private static void requirePositive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, not " + value);
        }
    }

    /** Elements of keys and values that one token adds to the cache, over all layers. */
    public long cacheElementsPerToken() {
        return 2L * layers * kvHeads * headDim;
    }
}
