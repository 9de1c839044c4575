package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** How a baseline chooses the next token. Owns its companions; used by the decoder's thread only. */
interface NextTokenRule extends AutoCloseable {

    /** The models that read every sequence beside the language model. */
    List<CachedModel> companions();

    /** Decides: [S, 3] float64, token, whether all logits were finite, KL from the model's own distribution. */
    NDArray choose(Turn turn);

    /** What it remembers of each sequence, beside the companions' caches: arrays with a row for each slot. */
    default List<NDArray> memory() {
        return List.of();
    }

    @Override
    default void close() {
        companions().forEach(CachedModel::close);
    }
}
