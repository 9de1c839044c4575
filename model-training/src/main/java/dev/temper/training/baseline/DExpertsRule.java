package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * DExperts (Liu et al., ACL 2021): softmax(top_p(z) + α·(z⁺ - z⁻)), with an expert that was tuned on text that satisfies
 * the policy and an anti-expert that was tuned on text that does not.
 */
final class DExpertsRule implements NextTokenRule {
    private final CachedModel expert;
    private final CachedModel antiExpert;
    private final double alpha;

    DExpertsRule(CachedModel expert, CachedModel antiExpert, double alpha) {
        this.expert = expert;
        this.antiExpert = antiExpert;
        this.alpha = alpha;
    }

    @Override
    public List<CachedModel> companions() {
        return List.of(expert, antiExpert);
    }

    @Override
    public NDArray choose(Turn turn) {
        return turn.decide("dexperts", turn.outputs().get(0), turn.outputs().get(1), alpha);
    }
}
