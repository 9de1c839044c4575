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
import java.util.Set;
import java.util.function.Consumer;

/** Small random models for tests that need a model, but no particular one. */
public final class TinyModels {
    private TinyModels() {}

    /** A two-layer Llama with grouped queries whose logits spread enough to be worth sampling from. */
    public static CausalLm llama(TorchRuntime runtime, int vocabulary, long seed) {
        return llama(runtime, vocabulary, seed, weights -> {});
    }

    private static CausalLm llama(TorchRuntime runtime, int vocabulary, long seed, Consumer<List<NDArray>> damage) {
        int hidden = 32;
        int intermediate = 48;
        LlamaConfig config = llamaConfig(LlamaVariant.LLAMA, vocabulary, 0);
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
        damage.accept(weights);
        return new CausalLm(manager, config, ElementType.FLOAT32, weights.toArray(new NDArray[0]));
    }

    /** A small model of each other family, with what sets it apart: a window, biases, norms after, grouped rows. */
    public static List<LmConfig> otherFamilies(int vocabulary) {
        DecoderSizes sizes = new DecoderSizes(vocabulary, 32, 2, 4, 4, 48, 128);
        DecoderSizes grouped = new DecoderSizes(vocabulary, 32, 2, 4, 2, 48, 128);
        CheckpointFacts facts =
                new CheckpointFacts(ElementType.FLOAT32, OptionalInt.empty(), List.of(), OptionalInt.empty());
        DecoderSizes wide = new DecoderSizes(vocabulary, 48, 2, 4, 4, 48, 128);
        RopeScaling none = new RopeScaling.None();
        return List.of(
                llamaConfig(LlamaVariant.MISTRAL, vocabulary, 8),
                llamaConfig(LlamaVariant.QWEN2, vocabulary, 0),
                new Gpt2Config(sizes, facts, 1e-5, Activation.GELU_TANH, true),
                new GptNeoxConfig(sizes, facts, 1e-5, Activation.GELU, 0.25, 1e4, none, true, false),
                new GptNeoxConfig(sizes, facts, 1e-5, Activation.GELU, 1, 1e4, none, false, false),
                new FalconConfig(grouped, facts, 1e-5, Activation.GELU, 1e4, none, true, true),
                new OptConfig(sizes, facts, 32, Activation.RELU, true, true, true),
                new OptConfig(wide, facts, 32, Activation.RELU, false, false, true));
    }

    /** One that reads long texts. */
    public static LmConfig longContext(int vocabulary, int positions) {
        return llamaConfig(LlamaVariant.LLAMA, vocabulary, 0, positions);
    }

    private static LlamaConfig llamaConfig(LlamaVariant variant, int vocabulary, int window) {
        return llamaConfig(variant, vocabulary, window, 128);
    }

    private static LlamaConfig llamaConfig(LlamaVariant variant, int vocabulary, int window, int positions) {
        return new LlamaConfig(
                variant,
                vocabulary,
                32,
                2,
                4,
                2,
                8,
                48,
                1e-5,
                1e4,
                new RopeScaling.None(),
                window,
                positions,
                false,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                ElementType.FLOAT32);
    }

    /** A model with random weights, whatever its family. */
    public static CausalLm random(TorchRuntime runtime, LmConfig config, long seed) {
        return random(runtime, config, ElementType.FLOAT32, seed);
    }

    /** The same weights, kept in the type that is asked for. */
    public static CausalLm random(TorchRuntime runtime, LmConfig config, ElementType weightType, long seed) {
        NDManager manager = runtime.newManager();
        Random random = new Random(seed);
        List<NDArray> weights = new ArrayList<>();
        for (WeightPlan.Slot slot : config.causalPlan().slots()) {
            if (slot instanceof WeightPlan.Shared shared) {
                weights.add(weights.get(shared.slot()));
            } else if (slot instanceof WeightPlan.Stored stored) {
                weights.add(random(manager, random, stored));
            }
        }
        return new CausalLm(manager, config, weightType, weights.toArray(new NDArray[0]));
    }

    private static NDArray random(NDManager manager, Random random, WeightPlan.Stored stored) {
        int rows = stored.shape().get(0).intValue();
        if (stored.shape().size() == 2) {
            return normal(manager, random, 0.35, rows, stored.shape().get(1).intValue());
        }
        NDArray vector = normal(manager, random, 0.2, 1, rows).reshape(rows);
        boolean bias = stored.parts().get(0).name().endsWith("bias");
        return bias ? vector : vector.add(1); // norms multiply by about one
    }

    /** The same Llama with a weight that is not a number, as a damaged checkpoint has. */
    public static CausalLm withNaN(TorchRuntime runtime, int vocabulary) {
        return llama(runtime, vocabulary, 1, weights -> weights.get(0).set(new NDIndex("0"), Float.NaN));
    }

    /** The same Llama whose embeddings of some tokens are all one value: it is well until it reads one of them. */
    public static CausalLm withEmbeddings(
            TorchRuntime runtime, int vocabulary, long seed, float value, Set<Integer> tokens) {
        return llama(runtime, vocabulary, seed, weights -> {
            NDArray embedding = weights.get(weights.size() - 3);
            tokens.forEach(token -> embedding.set(new NDIndex("{}", token), value));
        });
    }

    private static NDArray normal(NDManager manager, Random random, double deviation, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return manager.create(values, new Shape(rows, columns));
    }
}
