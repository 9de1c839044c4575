package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Small random models for tests that need a model, but no particular one. */
public final class TinyModels {
    private TinyModels() {}

    /** A two-layer Llama with grouped queries whose logits spread enough to be worth sampling from. */
    public static CausalLm llama(TorchRuntime runtime, int vocabulary, long seed) {
        int hidden = 32;
        int intermediate = 48;
        LlamaConfig config = new LlamaConfig(
                LlamaVariant.LLAMA,
                vocabulary,
                hidden,
                2,
                4,
                2,
                8,
                intermediate,
                1e-5,
                1e4,
                new RopeScaling.None(),
                0,
                128,
                false,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                ElementType.FLOAT32);
        NDManager manager = runtime.newManager();
        Random random = new Random(seed);
        List<NDArray> weights = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            weights.add(manager.ones(new Shape(hidden)));
            weights.add(normal(manager, random, 0.3, (4 + 2 * 2) * 8, hidden)); // q|k|v
            weights.add(normal(manager, random, 0.3, 32, 4 * 8)); // o
            weights.add(manager.ones(new Shape(hidden)));
            weights.add(normal(manager, random, 0.3, 2 * intermediate, hidden)); // gate|up
            weights.add(normal(manager, random, 0.3, 32, intermediate)); // down
        }
        weights.add(normal(manager, random, 1.0, vocabulary, hidden)); // embedding
        weights.add(manager.ones(new Shape(hidden))); // final norm
        weights.add(normal(manager, random, 0.4, vocabulary, hidden)); // head
        return new CausalLm(manager, config, ElementType.FLOAT32, weights.toArray(new NDArray[0]));
    }

    /** The same with a weight that is not a number, as a damaged checkpoint has. */
    public static CausalLm withNaN(TorchRuntime runtime, int vocabulary) {
        CausalLm model = llama(runtime, vocabulary, 1);
        model.firstWeight().set(new NDIndex("0"), Float.NaN);
        return model;
    }

    private static NDArray normal(NDManager manager, Random random, double deviation, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return manager.create(values, new Shape(rows, columns));
    }
}
