package dev.temper.training.likelihood;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.CausalLm;
import java.util.Arrays;
import java.util.List;

/** The formula as it is written: one sequence at a time, all of its logits, softmax in double precision. */
public final class NaiveLikelihood implements SpanLikelihood {
    private final CausalLm model;

    public NaiveLikelihood(CausalLm model) {
        this.model = model;
    }

    @Override
    public int maxPositions() {
        return model.shape().maxPositions();
    }

    @Override
    public List<TokenLikelihoods> of(List<TokenSpan> spans) {
        return spans.stream().map(this::of).toList();
    }

    private TokenLikelihoods of(TokenSpan span) {
        TokenLikelihoods result = new TokenLikelihoods(new double[span.judged()], new boolean[span.judged()]);
        int vocabulary = model.shape().vocab();
        try (NDManager scope = model.newScope()) {
            long[] ids = Arrays.stream(span.ids()).asLongStream().toArray();
            NDArray hidden = model.hidden(scope, scope.create(ids, new Shape(1, ids.length)));
            float[] logits = model.logits(scope, hidden.reshape(ids.length, -1)).toFloatArray();
            for (int i = span.start(); i < ids.length; i++) {
                float[] row = Arrays.copyOfRange(logits, (i - 1) * vocabulary, i * vocabulary);
                double total = 0;
                float best = Float.NEGATIVE_INFINITY;
                for (float logit : row) {
                    total += Math.exp(logit);
                    best = Math.max(best, logit);
                }
                result.logLikelihoods()[i - span.start()] = row[span.ids()[i]] - Math.log(total);
                result.greedy()[i - span.start()] = row[span.ids()[i]] == best;
            }
        }
        return result;
    }
}
