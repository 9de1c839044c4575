package dev.temper.runtime.decode;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many tokens of each unread prompt are read between two decoding steps.
 *
 * <p>Half of the budget is the longest-waiting prompt's, so that a long one ends however many short ones come; the rest
 * goes to those with the fewest tokens left, so that a short one does not wait for a long one.
 */
final class PrefillShares {
    private PrefillShares() {}

    /**
     * @param unread tokens left of each prompt, longest waiting first; 0 = not to be read now
     * @param budget most tokens in all, at least 1
     * @return tokens to read of each
     */
    static int[] of(int[] unread, int budget) {
        int[] shares = new int[unread.length];
        int left = budget;
        int oldest = IntStream.range(0, unread.length)
                .filter(i -> unread[i] > 0)
                .findFirst()
                .orElse(-1);
        if (oldest >= 0) {
            shares[oldest] = Math.min(unread[oldest], (budget + 1) / 2);
            left -= shares[oldest];
        }
        List<Integer> fewestFirst = IntStream.range(0, unread.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> unread[i] - shares[i]))
                .toList();
        for (int i : fewestFirst) {
            int more = Math.min(left, unread[i] - shares[i]);
            shares[i] += more;
            left -= more;
        }
        return shares;
    }
}
