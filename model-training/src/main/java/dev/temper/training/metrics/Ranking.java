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
