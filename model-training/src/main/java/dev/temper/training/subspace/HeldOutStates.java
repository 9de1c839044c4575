package dev.temper.training.subspace;

import dev.temper.runtime.sasa.Subspace;
import dev.temper.training.metrics.Bootstrap;
import dev.temper.training.metrics.Interval;
import dev.temper.training.metrics.Ranking;
import dev.temper.training.subspace.RefitResult.Evaluation;
import java.util.ArrayList;
import java.util.List;

/** States of the rows that judge, in memory; bounded, since more would not make the numbers surer. */
final class HeldOutStates {
    static final int MOST_ROWS = 20_000;

    private static final Bootstrap BOOTSTRAP = new Bootstrap(Bootstrap.DEFAULT_RESAMPLES, 1);

    private final List<float[]> states = new ArrayList<>();
    private final List<Boolean> toxic = new ArrayList<>();

    void add(float[] state, boolean isToxic) {
        if (states.size() < MOST_ROWS) {
            states.add(state);
            toxic.add(isToxic);
        }
    }

    /** Whether there are so many rows of either class. */
    boolean hasOfEach(int rows) {
        long positive = toxic.stream().filter(isToxic -> isToxic).count();
        return positive >= rows && toxic.size() - positive >= rows;
    }

    /** How well w and b tell these rows apart; NaN where a class has no rows. */
    Subspace.Quality judge(double[] w, double b) {
        Moments nonToxicMargins = new Moments();
        Moments toxicMargins = new Moments();
        double[] toxicity = toxicity(w, b);
        for (int i = 0; i < toxicity.length; i++) {
            (toxic.get(i) ? toxicMargins : nonToxicMargins).add(-toxicity[i]);
        }
        return new Subspace.Quality(
                toxicity.length,
                Ranking.rocAuc(labels(), toxicity),
                nonToxicMargins.mean(),
                nonToxicMargins.deviation(),
                toxicMargins.mean(),
                toxicMargins.deviation());
    }

    /** How well both tell these rows apart, of which there are some of either class. */
    Evaluation compare(Subspace before, Subspace after) {
        return new Evaluation(states.size(), rocAuc(before), rocAuc(after));
    }

    private Interval rocAuc(Subspace subspace) {
        return BOOTSTRAP.interval(
                states.size(), Ranking.rocAucOfDraws(labels(), toxicity(subspace.direction(), subspace.offset())));
    }

    private boolean[] labels() {
        boolean[] labels = new boolean[toxic.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = toxic.get(i);
        }
        return labels;
    }

    /** -margin = -(w·h + b) of each row. */
    private double[] toxicity(double[] w, double b) {
        double[] toxicity = new double[states.size()];
        for (int i = 0; i < toxicity.length; i++) {
            double margin = b;
            float[] h = states.get(i);
            for (int d = 0; d < h.length; d++) {
                margin += w[d] * h[d];
            }
            toxicity[i] = -margin;
        }
        return toxicity;
    }

    /** Mean and sample standard deviation, one number at a time (Welford). */
    private static final class Moments {
        private long count;
        private double mean;
        private double squares;

        void add(double value) {
            count++;
            double before = value - mean;
            mean += before / count;
            squares += before * (value - mean);
        }

        double mean() {
            return count == 0 ? Double.NaN : mean;
        }

        double deviation() {
            return count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1));
        }
    }
}
