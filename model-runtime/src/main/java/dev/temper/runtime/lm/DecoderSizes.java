package dev.temper.runtime.lm;

import static dev.temper.runtime.lm.ConfigChecks.MAX_LAYERS;
import static dev.temper.runtime.lm.ConfigChecks.MAX_POSITIONS;
import static dev.temper.runtime.lm.ConfigChecks.MAX_VOCAB;
import static dev.temper.runtime.lm.ConfigChecks.MAX_WIDTH;
import static dev.temper.runtime.lm.ConfigChecks.require;
import static dev.temper.runtime.lm.ConfigChecks.requireRange;

/**
 * Sizes of a decoder whose query heads together are as wide as a hidden state.
 *
 * @param vocab rows of the embedding and of the output layer
 * @param hidden width of a hidden state
 * @param layers decoder layers
 * @param heads query heads; divides {@code hidden}
 * @param kvHeads key-value heads; divides {@code heads}
 * @param intermediate width of the feed-forward layer
 * @param maxPositions most tokens of prompt and answer together
 */
public record DecoderSizes(
        int vocab, int hidden, int layers, int heads, int kvHeads, int intermediate, int maxPositions) {
    public DecoderSizes {
        requireRange("vocabulary", vocab, 1, MAX_VOCAB);
        requireRange("hidden size", hidden, 1, MAX_WIDTH);
        requireRange("layers", layers, 1, MAX_LAYERS);
        requireRange("attention heads", heads, 1, MAX_WIDTH);
        requireRange("key-value heads", kvHeads, 1, heads);
        requireRange("feed-forward width", intermediate, 1, MAX_WIDTH);
        requireRange("positions", maxPositions, 1, MAX_POSITIONS);
        require(hidden % heads == 0, "the hidden size " + hidden + " is not a multiple of the heads " + heads);
        require(heads % kvHeads == 0, "the key-value heads " + kvHeads + " do not divide the heads " + heads);
    }

    /** Width of one head. */
    public int headDim() {
        return hidden / heads;
    }
}
