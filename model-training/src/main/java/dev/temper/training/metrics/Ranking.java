package dev.temper.training.metrics;

import java.util.Comparator;
import java.util.stream.IntStream;

/** How well a score ranks positives above negatives. */
public final class Ranking {
    private Ranking() {}

    /**
     * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half
     * (Mann-Whitney U by mid-ranks).
     *
     * @param positive which rows are positive
     * @param scores higher = more likely positive; no NaN
     * @return NaN when there is no row of one of the classes
     */
    public static double rocAuc(boolean[] positive, double[] scores) {
        int[] order = byScore(positive, scores, Comparator.naturalOrder());
        long positives = 0;
        double rankSum = 0; // of positives
        for (int start = 0, end; start < order.length; start = end) {
            end = endOfTies(order, scores, start);
            double midRank = (start + 1 + end) / 2.0;
            for (int i = start; i < end; i++) {
                if (positive[order[i]]) {
                    positives++;
                    rankSum += midRank;
                }
            }
        }
        long negatives = order.length - positives;
        if (positives == 0 || negatives == 0) {
            return Double.NaN;
        }
        return (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }

    /**
     * The same area for any draw of the rows, repetitions included, without sorting anew: what a bootstrap asks a thousand
     * times. NaN for a draw without rows of one of the classes.
     */
    public static Bootstrap.Statistic rocAucOfDraws(boolean[] positive, double[] scores) {
        int[] order = byScore(positive, scores, Comparator.naturalOrder());
        int[] level = new int[order.length]; // of each row: how many different scores are below its own
        int levels = 0;
        for (int start = 0, end; start < order.length; start = end, levels++) {
            end = endOfTies(order, scores, start);
            for (int i = start; i < end; i++) {
                level[order[i]] = levels;
            }
        }
        int count = levels;
        return drawn -> {
            long[] positives = new long[count];
            long[] negatives = new long[count];
            for (int i : drawn) {
                (positive[i] ? positives : negatives)[level[i]]++;
            }
            double wins = 0; // pairs of a positive and a negative below it, ties half
            long below = 0;
            long above = 0;
            for (int l = 0; l < count; l++) {
                wins += positives[l] * (below + negatives[l] / 2.0);
                below += negatives[l];
                above += positives[l];
            }
            return above == 0 || below == 0 ? Double.NaN : wins / ((double) above * below);
        };
    }

    /**
     * Average precision: precision at each distinct score, weighted by the recall gained there, without interpolation.
     *
     * @return NaN when there is no positive row
     */
    public static double averagePrecision(boolean[] positive, double[] scores) {
        int[] order = byScore(positive, scores, Comparator.reverseOrder());
        long positives =
                IntStream.range(0, positive.length).filter(i -> positive[i]).count();
        if (positives == 0) {
            return Double.NaN;
        }
        double sum = 0;
        long found = 0;
        for (int start = 0, end; start < order.length; start = end) {
            end = endOfTies(order, scores, start);
            long gained = 0;
            for (int i = start; i < end; i++) {
                gained += positive[order[i]] ? 1 : 0;
            }
            found += gained;
            sum += (double) gained / positives * found / end;
        }
        return sum;
    }

    private static int[] byScore(boolean[] positive, double[] scores, Comparator<Double> comparator) {
        if (positive.length != scores.length) {
            throw new IllegalArgumentException(positive.length + " labels but " + scores.length + " scores");
        }
        return IntStream.range(0, scores.length)
                .peek(i -> {
                    if (Double.isNaN(scores[i])) {
                        throw new IllegalArgumentException("score " + i + " is NaN");
                    }
                })
                .boxed()
                .sorted(Comparator.comparing(i -> scores[i], comparator))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int endOfTies(int[] order, double[] scores, int start) {
        int end = start + 1;
        while (end < order.length && scores[order[end]] == scores[order[start]]) {
            end++;
        }
        return end;
    }
}
