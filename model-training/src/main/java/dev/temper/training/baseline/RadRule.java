package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;

/**
 * Reward-augmented decoding (Deng &amp; Raffel, EMNLP 2023): softmax(z + β·ρ) over the k likeliest tokens, ρ in [0, 1] from
 * a reward model that reads the text with each of them. The reward model is unidirectional: it keeps what it has read, and
 * a candidate costs it one row.
 */
final class RadRule implements NextTokenRule {
    private final NDManager manager;
    private final CachedModel reward;
    private final NDArray harmful; // [labels that count], int64
    private final boolean exclusive;
    private final double beta;
    private final int topK;

    /**
     * @param manager is owned by this rule from now on
     * @param harmful places of the labels that count against a text: ρ = 1 - the largest of their probabilities
     * @param exclusive whether exactly one label applies: softmax, or else a sigmoid for each
     */
    RadRule(NDManager manager, CachedModel reward, int[] harmful, boolean exclusive, double beta, int topK) {
        this.manager = manager;
        this.reward = reward;
        this.harmful = manager.create(Arrays.stream(harmful).asLongStream().toArray());
        this.exclusive = exclusive;
        this.beta = beta;
        this.topK = topK;
    }

    @Override
    public List<CachedModel> companions() {
        return List.of(reward);
    }

    @Override
    public void close() {
        manager.close();
        reward.close();
    }

    @Override
    public NDArray choose(Turn turn) {
        List<NDArray> candidates = turn.each("likeliest", topK);
        NDArray ids = candidates.get(0); // [S, k]
        NDArray count = candidates.get(2); // [S]
        NDArray labels = reward.fan(turn.scope(), ids, count, turn.lengths(), turn.first());
        return turn.decide("rad", ids, candidates.get(1), count, labels, harmful, exclusive, beta);
    }
}
