package dev.temper.app.moderation.store;

import java.util.Map;
import java.util.TreeMap;

/**
 * A histogram of milliseconds on a logarithmic scale: bucket i ends at 2^(i/4) ms, so that a quantile is known to within a
 * factor of 2^(1/4), 19%, at whatever scale.
 */
public final class LatencyBuckets {
    /** Ends at 4 hours. */
    static final int LAST = 95;

    private static final int PER_DOUBLING = 4;

    private LatencyBuckets() {}

    /** The bucket of a time, as its two digits; what is shorter than a millisecond is in the first. */
    static String of(double ms) {
        double exact = PER_DOUBLING * Math.log(Math.max(1, ms)) / Math.log(2);
        return String.format("%02d", Math.min(LAST, (int) Math.ceil(exact - 1e-9)));
    }

    /**
     * A quantile, interpolated within its bucket in the logarithm.
     *
     * @param counts by bucket, some of them above 0
     * @param q in (0, 1]
     * @return milliseconds
     */
    public static double quantile(Map<String, Long> counts, double q) {
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        double rank = q * all;
        double before = 0;
        int bucket = 0;
        for (Map.Entry<String, Long> entry : new TreeMap<>(counts).entrySet()) {
            bucket = Integer.parseInt(entry.getKey());
            if (before + entry.getValue() >= rank) {
                double within = (rank - before) / entry.getValue();
                return bucket == 0 ? within : Math.pow(2, (bucket - 1 + within) / PER_DOUBLING);
            }
            before += entry.getValue();
        }
        return Math.pow(2, (double) bucket / PER_DOUBLING);
    }
}
