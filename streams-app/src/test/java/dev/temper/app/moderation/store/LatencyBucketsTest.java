package dev.temper.app.moderation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyBucketsTest {

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1})
    void shouldFindAQuantileToWithinABucket(double q) {
        // Given: from 2 ms to half an hour
        SplittableRandom random = new SplittableRandom(3);
        double[] all = new double[2000];
        Map<String, Long> buckets = new TreeMap<>();
        for (int i = 0; i < all.length; i++) {
            all[i] = 2 * Math.exp(random.nextDouble() * Math.log(1e6));
            buckets.merge(LatencyBuckets.of(all[i]), 1L, Long::sum);
        }
        Arrays.sort(all);
        double naive = all[(int) Math.ceil(q * all.length) - 1];

        // When
        double quantile = LatencyBuckets.quantile(buckets, q);

        // Then
        double width = Math.log(2) / 4;
        assertThat(Math.log(quantile)).isCloseTo(Math.log(naive), within(width));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2, 1, 1e12})
    void shouldKeepTheShortestAndTheLongestInItsEnds(double ms) {
        assertThat(LatencyBuckets.of(ms)).isEqualTo(ms > 1 ? "" + LatencyBuckets.LAST : "00");
    }
}
