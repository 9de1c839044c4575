package dev.temper.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaConfig;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.training.decoder.TrainableDecoder;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Decoders of so few tokens that all their answers can be counted. */
public final class TinyDecoders {
    private TinyDecoders() {}

    /** Two layers of width 16, an output layer of their own. */
    public static LlamaConfig config(int vocabulary) {
        LlamaConfig like = TinyModel.open().llama();
        return new LlamaConfig(
                like.variant(),
                vocabulary,
                16,
                2,
                2,
                1,
                8,
                24,
                like.rmsNormEps(),
                like.ropeTheta(),
                like.ropeScaling(),
                0,
                32,
                false,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                ElementType.FLOAT32);
    }

    /** Random weights; the same seed gives the same. */
    public static TrainableDecoder random(NDManager owner, int vocabulary, long seed) {
        LlamaConfig config = config(vocabulary);
        Random random = new Random(seed);
        List<NDArray> weights = LlamaWeights.plan(config).slots().stream()
                .map(slot -> ((Stored) slot).shape())
                .map(shape ->
                        new Shape(shape.stream().mapToLong(Long::longValue).toArray()))
                .map(shape -> weight(owner, shape, random))
                .toList();
        return new TrainableDecoder(owner, config, weights);
    }

    private static NDArray weight(NDManager owner, Shape shape, Random random) {
        float[] values = new float[(int) shape.size()];
        float centre = shape.dimension() == 1 ? 1 : 0; // norms
        for (int i = 0; i < values.length; i++) {
            values[i] = centre + (float) (0.4 * random.nextGaussian());
        }
        return owner.create(values, shape);
    }
}
