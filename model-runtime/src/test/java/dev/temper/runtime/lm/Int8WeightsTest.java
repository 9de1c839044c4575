package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights of 8 bits: the product is what the formula says, and every family stays near float32. */
class Int8WeightsTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final int VOCABULARY = 300;

    @Test
    void shouldRoundWeightsByOutputAndRowsByRow() {
        // Given
        int rows = 5;
        int in = 70;
        int out = 33;
        float[] x = normal(1, rows * in, 3);
        float[] w = normal(2, out * in, 0.1);
        try (NDManager manager = RUNTIME.newManager()) {
            Script script = Script.compile(manager, List.of("lm/linear.py"), "lm/packing.py");

            // When
            NDArray[] packed = script.callAll(manager, "quantise", manager.create(w, new Shape(out, in)), false)
                    .toArray(new NDArray[0]);
            float[] y = script.call(manager, "apply", manager.create(x, new Shape(rows, in)), packed)
                    .toFloatArray();

            // Then
            for (int r = 0; r < rows; r++) {
                for (int o = 0; o < out; o++) {
                    assertThat(y[r * out + o]).isCloseTo((float) rounded(x, r, w, o, in), within(1e-4f));
                }
            }
        }
    }

    /** Σ q(x)·q(w), each a whole number of steps of a 127th of the largest. */
    private static double rounded(float[] x, int r, float[] w, int o, int in) {
        float xStep = largest(x, r * in, in) / 127;
        float wStep = largest(w, o * in, in) / 127;
        long sum = 0;
        for (int i = 0; i < in; i++) {
            sum += (long) (Math.rint(x[r * in + i] / xStep) * Math.rint(w[o * in + i] / wStep));
        }
        return (double) sum * xStep * wStep;
    }

    private static float largest(float[] values, int from, int count) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static List<LmConfig> families() {
        return TinyModels.otherFamilies(VOCABULARY);
    }

    @ParameterizedTest
    @MethodSource("families")
    void shouldStayNearFloat32InEveryFamily(LmConfig config) {
        // Given
        long[] ids = new Random(3).longs(40, 0, VOCABULARY).toArray();
        float[] exact = logits(config, ElementType.FLOAT32, ids);

        // When
        float[] rounded = logits(config, ElementType.INT8, ids);

        // Then
        double error = 0;
        double size = 0;
        for (int i = 0; i < exact.length; i++) {
            error += Math.pow(rounded[i] - exact[i], 2);
            size += Math.pow(exact[i], 2);
        }
        assertThat(Math.sqrt(error / size)).isBetween(1e-4, 0.1);
    }

    private static float[] logits(LmConfig config, ElementType type, long[] ids) {
        try (CausalLm model = TinyModels.random(RUNTIME, config, type, 7);
                NDManager scope = model.newScope()) {
            NDArray hidden = model.hidden(scope, scope.create(ids, new Shape(1, ids.length)));
            return model.logits(scope, hidden.reshape(ids.length, -1)).toFloatArray();
        }
    }

    private static float[] normal(long seed, int count, double deviation) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
