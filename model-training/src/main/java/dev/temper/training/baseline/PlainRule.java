package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The model's own distribution, without the tokens that are ruled out: plain sampling, and word filtering. */
final class PlainRule implements NextTokenRule {
    @Override
    public List<CachedModel> companions() {
        return List.of();
    }

    @Override
    public NDArray choose(Turn turn) {
        return turn.decide("plain");
    }
}
