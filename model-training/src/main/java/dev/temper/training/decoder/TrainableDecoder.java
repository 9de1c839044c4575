package dev.temper.training.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LmConfig;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.Rotary;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.runtime.lm.WeightPlan;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A decoder's weights in float32 and its numbers, in the form that {@code training/trainable.py} takes. Owns its weights;
 * used by one thread at a time.
 */
public final class TrainableDecoder implements AutoCloseable {
    private final NDManager manager;
    private final LmConfig config;
    private final List<NDArray> weights;
    private final List<NDArray> distinct;
    private final NDArray dims;
    private final NDArray real;
    private final NDArray frequencies;

    /**
     * @param manager owns the weights, and is owned by this object from now on
     * @param weights float32, in the order of the family's plan; tied ones are the same array twice
     */
    public TrainableDecoder(NDManager manager, LmConfig config, List<NDArray> weights) {
        this.manager = manager;
        this.config = config;
        this.weights = List.copyOf(weights);
        Set<NDArray> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        this.distinct = weights.stream().filter(seen::add).toList();
        this.dims = manager.create(config.dimensions());
        this.real = manager.create(new double[] {config.epsilon()});
        this.frequencies =
                manager.create(config.rotary().map(Rotary::inverseFrequencies).orElseGet(() -> new float[0]));
    }

    /** Loads a plan's weights in float32; they take no gradients yet. */
    public static TrainableDecoder load(NDManager manager, ModelFolder folder, WeightPlan plan) {
        return new TrainableDecoder(
                manager,
                folder.decoder(),
                WeightLoader.load(folder.weights(), plan, ElementType.FLOAT32, manager, LoadProgress.SILENT)
                        .arrays());
    }

    /** Resources with the functions that read this family, each after those that it needs. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>(List.of("lm/mask.py"));
        texts.addAll(config.familyTexts());
        texts.addAll(List.of("lm/attention.py", "training/trainable.py"));
        return texts;
    }

    /** From here on the weights take gradients. */
    public TrainableDecoder requiringGradients() {
        distinct.forEach(weight -> weight.setRequiresGradient(true));
        return this;
    }

    public LmConfig config() {
        return config;
    }

    /** All weights, in the order of the plan. */
    public List<NDArray> weights() {
        return weights;
    }

    /** The weights, each once: what an optimiser changes. */
    public List<NDArray> distinctWeights() {
        return distinct;
    }

    /** The weights as an argument of {@link Script#forwardWithGradients}. */
    public NDArray[] weightArray() {
        return weights.toArray(new NDArray[0]);
    }

    /** The family's numbers, int64. */
    public NDArray dims() {
        return dims;
    }

    /** [1], the norms' epsilon. */
    public NDArray real() {
        return real;
    }

    /** [pairs], inverse frequencies of the rotary positions; empty without. */
    public NDArray frequencies() {
        return frequencies;
    }

    /** An empty array of a type, which tells the passes what to compute in. */
    public NDArray computing(ElementType type) {
        // Made by a text: the engine's own array factory cannot make bfloat16.
        return Script.compile(manager, List.of(), "training/tensors.py")
                .call(manager, "empty", type.torchCode(), frequencies);
    }

    /** A new owner of arrays beside the weights; it ends with the decoder. */
    public NDManager newScope() {
        return manager.newSubManager();
    }

    /** Float32 arrays of the distinct weights' shapes, all zero, that belong to this owner. */
    public List<NDArray> zerosLikeWeights(NDManager owner) {
        return distinct.stream()
                .map(weight -> owner.zeros(weight.getShape(), DataType.FLOAT32))
                .toList();
    }

    @Override
    public void close() {
        manager.close();
    }
}
