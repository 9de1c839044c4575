package dev.temper.runtime.sasa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.GoldenTensors;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fits against the reference's, which are in float64 and not scaled to length 1. */
class SubspaceStatisticsTest {
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = TorchRuntime.open("cpu", 1).newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({
        "sasa/synthetic, well_conditioned",
        "sasa/synthetic, imbalanced",
        "sasa/synthetic, rank_deficient_n_lt_d",
        "sasa/synthetic, duplicate_column",
        "sasa/synthetic, constant_column",
        "sasa/synthetic, one_dim",
        "sasa/llama31, fit",
        "sasa/llama31, fit_small"
    })
    void shouldFitTheReferencesBoundary(String folder, String name) {
        // Given
        GoldenTensors golden = GoldenTensors.of(folder);
        int[] shape = golden.shape(name + ".Z");
        double[] reference = golden.doubles(name + ".w");
        double length = Math.sqrt(Arrays.stream(reference).map(x -> x * x).sum());
        double offset = golden.doubles(name + ".b")[0];
        try (SubspaceStatistics statistics = new SubspaceStatistics(manager, shape[1])) {
            addInTwoParts(statistics, golden, name);

            // When
            SubspaceStatistics.Boundary boundary = statistics.fit(SubspaceStatistics.DEFAULT_CUTOFF);

            // Then
            for (int i = 0; i < reference.length; i++) {
                assertThat(boundary.direction()[i]).isEqualTo(reference[i] / length, within(1e-8));
            }
            assertThat(boundary.offset()).isEqualTo(offset / length, within(1e-8 * Math.max(1, Math.abs(offset))));
        }
    }

    /** Rows arrive in two statistics that are merged, which must not matter. */
    private void addInTwoParts(SubspaceStatistics statistics, GoldenTensors golden, String name) {
        int[] shape = golden.shape(name + ".Z");
        float[] rows = golden.floats(name + ".Z");
        int[] labels = golden.ints(name + ".labels");
        int half = shape[0] / 2;
        try (SubspaceStatistics second = new SubspaceStatistics(manager, shape[1])) {
            add(statistics, rows, labels, shape[1], 0, half);
            add(second, rows, labels, shape[1], half, shape[0]);
            statistics.merge(second);
        }
    }

    private void add(SubspaceStatistics statistics, float[] rows, int[] labels, int width, int from, int to) {
        boolean[] toxic = new boolean[to - from];
        for (int i = 0; i < toxic.length; i++) {
            toxic[i] = labels[from + i] == 0; // label 1 is the positive, non-toxic side
        }
        float[] part = Arrays.copyOfRange(rows, from * width, to * width);
        statistics.add(manager.create(part, new Shape(to - from, width)), toxic);
    }

    @Test
    void shouldFitSumsThatWereSavedAndAddedToAsAllRowsTogether() {
        // Given: rows of which the last hundred come three times each
        int width = 24;
        float[] rows = random(500, width);
        float[] late = Arrays.copyOfRange(rows, 400 * width, rows.length);
        try (SubspaceStatistics all = new SubspaceStatistics(manager, width);
                SubspaceStatistics early = new SubspaceStatistics(manager, width);
                SubspaceStatistics more = new SubspaceStatistics(manager, width);
                SubspaceStatistics added = new SubspaceStatistics(manager, width)) {
            add(all, rows, width);
            add(all, late, width);
            add(all, late, width);
            add(early, Arrays.copyOf(rows, 400 * width), width);
            add(more, late, width);

            // When
            added.add(early.sums());
            added.merge(more, 3);

            // Then
            SubspaceStatistics.Boundary expected = all.fit(1e-8);
            SubspaceStatistics.Boundary boundary = added.fit(1e-8);
            assertThat(added.nonToxic()).isEqualTo(all.nonToxic());
            assertThat(added.toxic()).isEqualTo(all.toxic());
            assertThat(boundary.rank()).isEqualTo(expected.rank());
            assertThat(boundary.offset()).isEqualTo(expected.offset(), within(1e-9));
            for (int i = 0; i < width; i++) {
                assertThat(boundary.direction()[i]).isEqualTo(expected.direction()[i], within(1e-9));
            }
            assertThat(more.toxic()).isEqualTo(50);
        }
    }

    private static float[] random(int rows, int width) {
        java.util.Random random = new java.util.Random(3);
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() + (i / width % 2 == 0 ? 0.5 : -0.5));
        }
        return values;
    }

    /** Every other row is toxic. */
    private void add(SubspaceStatistics statistics, float[] rows, int width) {
        boolean[] toxic = new boolean[rows.length / width];
        for (int i = 0; i < toxic.length; i++) {
            toxic[i] = i % 2 == 1;
        }
        statistics.add(manager.create(rows, new Shape(toxic.length, width)), toxic);
    }

    @Test
    void shouldRefuseToFitOneClass() {
        // Given
        try (SubspaceStatistics statistics = new SubspaceStatistics(manager, 2)) {
            statistics.add(manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(3, 2)), new boolean[3]);

            // When / Then
            assertThatThrownBy(() -> statistics.fit(SubspaceStatistics.DEFAULT_CUTOFF))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("3 non-toxic and 0 toxic");
        }
    }
}
