package dev.temper.training.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.temper.training.metrics.Bootstrap.Ratio;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(2_000, 5);

    @Test
    void shouldGiveTheNormalIntervalOfAMean() {
        // Given: 400 numbers of a known spread; the mean's 95 % interval is ± 1.96 · σ / √n
        SplittableRandom random = new SplittableRandom(11);
        List<Ratio> units = Stream.generate(() -> new Ratio(random.nextDouble(), 1))
                .limit(400)
                .toList();
        double mean = units.stream().mapToDouble(Ratio::over).average().orElseThrow();
        double deviation = Math.sqrt(units.stream()
                .mapToDouble(u -> (u.over() - mean) * (u.over() - mean))
                .average()
                .orElseThrow());

        // When
        Interval interval = BOOTSTRAP.ratio(units);

        // Then
        double half = 1.96 * deviation / Math.sqrt(units.size());
        assertThat(interval.value()).isCloseTo(mean, within(1e-12));
        assertThat(interval.low()).isCloseTo(mean - half, within(0.1 * half));
        assertThat(interval.high()).isCloseTo(mean + half, within(0.1 * half));
    }

    @Test
    void shouldGiveTheSameIntervalForTheSameSeed() {
        // Given
        List<Ratio> units = List.of(new Ratio(1, 2), new Ratio(3, 4), new Ratio(0, 5));

        // When
        Interval first = BOOTSTRAP.ratio(units);
        Interval second = BOOTSTRAP.ratio(units);

        // Then
        assertThat(second).isEqualTo(first);
        assertThat(first.value()).isEqualTo(4.0 / 11);
    }

    @Test
    void shouldHaveNoNumberWithoutUnits() {
        // Given
        List<Ratio> none = List.of();

        // When
        Interval interval = BOOTSTRAP.ratio(none);

        // Then
        assertThat(interval.value()).isNaN();
    }

    @Test
    void shouldCountDifferentNgramsOverAllSamples() {
        // Given
        List<List<Integer>> samples = List.of(List.of(1, 2, 3), List.of(1, 2), List.of(4));

        // When
        double distinct1 = Distinct.n(samples, 1);
        double distinct2 = Distinct.n(samples, 2);
        double distinct4 = Distinct.n(samples, 4);

        // Then
        assertThat(distinct1).isEqualTo(4.0 / 6);
        assertThat(distinct2).isEqualTo(2.0 / 3);
        assertThat(distinct4).isNaN();
    }

    @Test
    void shouldFindTheAreaOfADrawAsIfItsRowsWereSortedAnew() {
        // Given: scores with ties
        java.util.Random random = new java.util.Random(4);
        boolean[] positive = new boolean[60];
        double[] scores = new double[60];
        for (int i = 0; i < 60; i++) {
            positive[i] = random.nextBoolean();
            scores[i] = random.nextInt(12);
        }
        Bootstrap.Statistic area = Ranking.rocAucOfDraws(positive, scores);

        for (int draw = 0; draw < 50; draw++) {
            int[] drawn = random.ints(40, 0, 60).toArray();
            boolean[] drawnPositive = new boolean[40];
            double[] drawnScores = new double[40];
            for (int i = 0; i < 40; i++) {
                drawnPositive[i] = positive[drawn[i]];
                drawnScores[i] = scores[drawn[i]];
            }

            // When, Then
            assertThat(area.of(drawn)).isCloseTo(Ranking.rocAuc(drawnPositive, drawnScores), within(1e-12));
        }
        int[] ofOneClass =
                java.util.stream.IntStream.range(0, 60).filter(i -> positive[i]).toArray();
        assertThat(area.of(ofOneClass)).isNaN();
    }
}
