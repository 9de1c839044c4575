package dev.temper.training.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Percentile bootstrap over units that were drawn independently: prompts, not samples, since samples of one prompt
 * resemble each other. The same seed and units give the same interval.
 *
 * @param resamples how often the units are drawn anew; 1,000 settles the second digit of an interval
 * @param seed of the draws
 */
public record Bootstrap(int resamples, long seed) {
    public static final int DEFAULT_RESAMPLES = 1_000;

    private static final double TAIL = 0.025; // 95 % interval

    public Bootstrap {
        if (resamples < 1) {
            throw new IllegalArgumentException("resamples must be at least 1, not " + resamples);
        }
    }

    /** Computes a statistic of the units whose numbers it is given, with repetitions. */
    public interface Statistic {
        double of(int[] units);
    }

    /** The statistic of all units, and its interval. */
    public Interval interval(int units, Statistic statistic) {
        if (units == 0) {
            return Interval.exact(Double.NaN);
        }
        int[] drawn = new int[units];
        Arrays.setAll(drawn, i -> i);
        double value = statistic.of(drawn);
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            Arrays.setAll(drawn, i -> random.nextInt(units));
            values[r] = statistic.of(drawn);
        }
        // A draw in which the statistic is not defined says nothing about its spread.
        double[] sorted =
                Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        return sorted.length == 0
                ? Interval.exact(value)
                : new Interval(value, quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
    }

    /** Sum of numerators over sum of denominators; with denominators of 1, the mean. */
    public Interval ratio(List<Ratio> units) {
        return interval(units.size(), Ratio.ofSums(units));
    }

    /** One unit's part of a ratio of sums. */
    public record Ratio(double over, double under) {

        /** Sum of numerators over sum of denominators of the units drawn; NaN where the denominators sum to 0. */
        public static Statistic ofSums(List<Ratio> units) {
            double[] overs = units.stream().mapToDouble(Ratio::over).toArray();
            double[] unders = units.stream().mapToDouble(Ratio::under).toArray();
            return drawn -> {
                double over = 0;
                double under = 0;
                for (int i : drawn) {
                    over += overs[i];
                    under += unders[i];
                }
                return under == 0 ? Double.NaN : over / under;
            };
        }
    }

    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
