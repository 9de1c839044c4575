package dev.temper.training.subspace;

import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceStatistics;
import dev.temper.training.metrics.Ranking;
import java.util.ArrayList;
import java.util.List;

/** States of the rows that judge, in memory; bounded, since more would not make the numbers surer. */
final class HeldOutStates {
    static final int MOST_ROWS = 20_000;

    private final List<float[]> states = new ArrayList<>();
    private final List<Boolean> toxic = new ArrayList<>();

    void add(float[] state, boolean isToxic) {
        if (states.size() < MOST_ROWS) {
            states.add(state);
            toxic.add(isToxic);
        }
    }

    /** How well the boundary tells these rows apart; NaN where a class has no rows. */
    Subspace.Quality judge(SubspaceStatistics.Boundary boundary) {
        boolean[] positive = new boolean[states.size()];
        double[] toxicity = new double[states.size()];
        Moments nonToxicMargins = new Moments();
        Moments toxicMargins = new Moments();
        for (int i = 0; i < positive.length; i++) {
            double margin = boundary.offset();
            float[] h = states.get(i);
            for (int d = 0; d < h.length; d++) {
                margin += boundary.direction()[d] * h[d];
            }
            positive[i] = toxic.get(i);
            toxicity[i] = -margin;
            (positive[i] ? toxicMargins : nonToxicMargins).add(margin);
        }
        return new Subspace.Quality(
                positive.length,
                Ranking.rocAuc(positive, toxicity),
                nonToxicMargins.mean(),
                nonToxicMargins.deviation(),
                toxicMargins.mean(),
                toxicMargins.deviation());
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
