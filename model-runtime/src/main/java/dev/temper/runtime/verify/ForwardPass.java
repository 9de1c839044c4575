package dev.temper.runtime.verify;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.CausalLm;
import java.util.List;

/**
 * What a model computes for texts that it reads whole, without a cache. Rows are padded on the right.
 *
 * @param logits [rows x longest x vocab], flat
 * @param hidden final hidden states, [rows x longest x hidden], flat
 * @param longest positions of the longest row
 */
record ForwardPass(float[] logits, float[] hidden, int longest) {

    static ForwardPass of(CausalLm lm, int[] row) {
        return of(lm, List.of(row));
    }

    static ForwardPass of(CausalLm lm, List<int[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        long[] ids = new long[rows.size() * longest];
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < rows.get(row).length; i++) {
                ids[row * longest + i] = rows.get(row)[i];
            }
        }
        try (NDManager scope = lm.newScope()) {
            NDArray hidden = lm.hidden(scope, scope.create(ids, new Shape(rows.size(), longest)));
            NDArray flat = hidden.reshape(
                    new Shape((long) rows.size() * longest, lm.shape().hidden()));
            return new ForwardPass(lm.logits(scope, flat).toFloatArray(), flat.toFloatArray(), longest);
        }
    }

    /** Negative log likelihoods of the tokens after the first: nll[i] = log Σ exp(logits[i]) − logits[i, ids[i + 1]]. */
    double[] negativeLogLikelihoods(int[] ids) {
        int vocab = logits.length / longest;
        double[] likelihoods = new double[ids.length - 1];
        for (int i = 0; i < likelihoods.length; i++) {
            likelihoods[i] = logSumExp(i * vocab, vocab) - logits[i * vocab + ids[i + 1]];
        }
        return likelihoods;
    }

    private double logSumExp(int from, int count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, logits[i]);
        }
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += Math.exp(logits[i] - largest);
        }
        return largest + Math.log(sum);
    }
}
