package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Samples from the closest distribution that satisfies a policy, q(v) ∝ p(v) · R(prefix, v) (NADO, Meng et al., NeurIPS
 * 2022). With δ &lt; 1, R is replaced by V = (δ/R₀)·R + ((1-δ)/(1-R₀))·(1-R), where R₀ is E_p[R] at the end of the prompt;
 * and by 1 where R₀ ≥ δ.
 */
final class NadoRule implements NextTokenRule {
    private final CachedModel auxiliary;
    private final double delta;
    private final NDManager manager;
    private final NDArray starts; // [slots, 2]: log R0, log (1 - R0)

    /** @param manager is owned by this rule from now on */
    NadoRule(NDManager manager, CachedModel auxiliary, double delta, int slots) {
        this.manager = manager;
        this.auxiliary = auxiliary;
        this.delta = delta;
        this.starts = manager.zeros(new Shape(slots, 2), DataType.FLOAT32);
    }

    @Override
    public List<CachedModel> companions() {
        return List.of(auxiliary);
    }

    @Override
    public List<NDArray> memory() {
        return List.of(starts);
    }

    @Override
    public void close() {
        manager.close();
        auxiliary.close();
    }

    @Override
    public NDArray choose(Turn turn) {
        return turn.decide("nado", turn.outputs().get(0), delta, starts, turn.begins());
    }
}
