package dev.temper.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
    private static final int ROWS = 3;
    private static final int COLUMNS = 4;
    private static final int STEPS = 25;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1e9})
    void shouldStepAsTheTextbookDoesInDoublePrecision(double maxNorm) {
        // Given: a matrix, which decays, and a vector, which does not; the same gradients for both implementations
        AdamW.Settings settings = new AdamW.Settings(0.9, 0.99, 1e-8, 0.1, maxNorm);
        Random random = new Random(3);
        double[][] expected = {gaussians(random, ROWS * COLUMNS), gaussians(random, COLUMNS)};
        TextbookAdamW textbook = new TextbookAdamW(settings, expected, new boolean[] {true, false});
        try (NDManager manager = runtime.newManager()) {
            NDArray matrix = parameter(manager, expected[0], new Shape(ROWS, COLUMNS));
            NDArray vector = parameter(manager, expected[1], new Shape(COLUMNS));
            AdamW adamW = new AdamW(manager, List.of(matrix, vector), settings);

            // When
            double norm = 0;
            double expectedNorm = 0;
            for (int step = 0; step < STEPS; step++) {
                double[][] gradients = {gaussians(random, ROWS * COLUMNS), gaussians(random, COLUMNS)};
                backward(manager, matrix, vector, gradients);
                double learningRate = 0.01 * (step + 1);
                norm = adamW.step(learningRate);
                expectedNorm = textbook.step(gradients, learningRate);
            }

            // Then
            assertThat(norm).isCloseTo(expectedNorm, within(1e-5));
            assertClose(matrix, expected[0]);
            assertClose(vector, expected[1]);
            assertThat(matrix.getGradient().toFloatArray()).containsOnly(0f);
        }
    }

    @Test
    void shouldChangeNothingWhenAGradientIsNotFinite() {
        // Given
        double[] start = {1, 2, 3, 4};
        try (NDManager manager = runtime.newManager()) {
            NDArray vector = parameter(manager, start, new Shape(COLUMNS));
            NDArray other = parameter(manager, start, new Shape(COLUMNS));
            AdamW adamW = new AdamW(manager, List.of(vector, other), AdamW.Settings.DEFAULT);
            backward(manager, vector, other, new double[][] {{0, Double.NaN, 0, 0}, {1, 1, 1, 1}});

            // When
            double norm = adamW.step(0.1);

            // Then
            assertThat(norm).isNaN();
            assertClose(vector, start);
            assertClose(other, start);
            assertThat(other.getGradient().toFloatArray()).containsOnly(0f);
        }
    }

    @Test
    void shouldWarmUpThenFallAlongACosine() {
        // Given
        LearningRateSchedule schedule = new LearningRateSchedule(1.0, 4, 104, 0.1);

        // When
        double first = schedule.at(0);
        double peak = schedule.at(3);
        double middle = schedule.at(53);
        double last = schedule.at(103);
        double beyond = schedule.at(1_000);

        // Then
        assertThat(first).isEqualTo(0.25);
        assertThat(peak).isEqualTo(1.0);
        assertThat(middle).isCloseTo(0.55, within(1e-12));
        assertThat(last).isCloseTo(0.1, within(1e-12));
        assertThat(beyond).isEqualTo(last);
    }

    private static void assertClose(NDArray actual, double[] expected) {
        float[] values = actual.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).isCloseTo(expected[i], within(5e-6));
        }
    }

    /** Leaves these gradients on the arrays: the derivative of Σ w·g is g. */
    private static void backward(NDManager manager, NDArray first, NDArray second, double[][] gradients) {
        try (NDManager scope = manager.newSubManager()) {
            Autograd.backward(() -> scope.create(floats(gradients[0]), first.getShape())
                    .mul(first)
                    .sum()
                    .add(scope.create(floats(gradients[1]), second.getShape())
                            .mul(second)
                            .sum()));
        }
    }

    private static NDArray parameter(NDManager manager, double[] values, Shape shape) {
        NDArray array = manager.create(floats(values), shape);
        array.setRequiresGradient(true);
        return array;
    }

    private static double[] gaussians(Random random, int count) {
        return random.doubles(count).map(d -> (float) (2 * d - 1)).toArray();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
