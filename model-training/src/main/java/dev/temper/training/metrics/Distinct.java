package dev.temper.training.metrics;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Diversity of a prompt's samples (Li et al., 2016): different n-grams of tokens over all of them. */
public final class Distinct {
    private Distinct() {}

    /**
     * Distinct-n of samples taken together.
     *
     * @param samples token ids of each
     * @param n length of the n-grams, at least 1
     * @return in [0, 1]; NaN when no sample has n tokens
     */
    public static double n(Collection<List<Integer>> samples, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n must be at least 1, not " + n);
        }
        Set<List<Integer>> different = new HashSet<>();
        long all = 0;
        for (List<Integer> sample : samples) {
            for (int i = 0; i + n <= sample.size(); i++) {
                different.add(sample.subList(i, i + n));
                all++;
            }
        }
        return all == 0 ? Double.NaN : (double) different.size() / all;
    }
}
