package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import java.util.stream.Stream;

/**
 * A causal language model on a device: compiled text, weights and position tables.
 *
 * <p>Owns its weights. Methods run in inference mode, by one thread at a time; results belong to the manager that the
 * caller names.
 */
public final class CausalLm implements AutoCloseable {
    private final NDManager manager;
    private final LmShape shape;
    private final ElementType elementType;
    private final NDArray[] weightArrays;
    private final List<String> familyTexts;
    private final Script script;
    private final Script.Values weights;
    private final Script.Values dimensions;
    private final double epsilon;
    private final RotaryTable rotary;

    /**
     * Loads the weights of a folder to the runtime's device.
     *
     * @param folder a causal language model, or a classifier, whose score layer is then the output layer
     * @param weightType float32, bfloat16, float16, or int8 on a CPU, whatever the files hold
     * @throws TemperException if the folder's weights are not what its settings ask for
     */
    public static CausalLm load(
            ModelFolder folder, TorchRuntime runtime, ElementType weightType, LoadProgress progress) {
        LmConfig config = folder.decoder();
        NDManager manager = runtime.newManager();
        try {
            WeightPlan plan = folder.weightPlan();
            List<NDArray> weights = WeightLoader.load(folder.weights(), plan, weightType.computed(), manager, progress)
                    .arrays();
            return new CausalLm(manager, config, plan, weightType, weights.toArray(new NDArray[0]));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * A model that has learnt nothing, for measuring speed: weights as before training, made in memory.
     *
     * @param weightType float32, bfloat16, or int8 on a CPU
     * @param seed same seed, same weights on the same device
     */
    public static CausalLm random(LmConfig config, TorchRuntime runtime, ElementType weightType, long seed) {
        NDManager manager = runtime.newManager();
        try {
            List<NDArray> weights = RandomWeights.draw(config.causalPlan(), weightType.computed(), manager, seed);
            return new CausalLm(manager, config, weightType, weights.toArray(new NDArray[0]));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** A model of {@link LmConfig#causalPlan()}. */
    CausalLm(NDManager manager, LmConfig config, ElementType weightType, NDArray[] weightArrays) {
        this(manager, config, config.causalPlan(), weightType, weightArrays);
    }

    /**
     * @param manager owns the weights and is owned by this model from now on
     * @param weightArrays in the order of the plan; those that are packed are closed
     */
    private CausalLm(
            NDManager manager, LmConfig config, WeightPlan plan, ElementType weightType, NDArray[] weightArrays) {
        this.manager = manager;
        this.shape = config.shape();
        this.elementType = weightType.computed();
        this.weightArrays = WeightPacking.pack(manager, plan, weightArrays, weightType);
        this.epsilon = config.epsilon();
        this.familyTexts = Stream.concat(Stream.of("lm/mask.py"), config.familyTexts().stream())
                .toList();
        this.script = Script.compile(
                manager,
                Stream.concat(familyTexts.stream(), Stream.of("lm/attention.py"))
                        .toList(),
                "lm/methods.py");
        this.weights = Script.Values.of(this.weightArrays);
        this.dimensions = Script.Values.of(config.dimensions());
        float[] frequencies = config.rotary().map(Rotary::inverseFrequencies).orElse(new float[0]);
        this.rotary = new RotaryTable(manager, script, elementType, frequencies, shape.maxPositions());
    }

    /** Resources with the family's TorchScript functions, and those that masks are made with. */
    public List<String> familyTexts() {
        return familyTexts;
    }

    public LmShape shape() {
        return shape;
    }

    public int bytesPerElement() {
        return elementType.bytes();
    }

    /**
     * Final hidden states, after the final norm, without a cache.
     *
     * @param ids [batch, time], padded on the right if at all; what stands at padding means nothing
     * @return [batch, time, hidden], float32
     */
    public NDArray hidden(NDManager owner, NDArray ids) {
        reservePositions((int) ids.getShape().get(1));
        return script.call(owner, "hidden", ids, weights, dimensions, epsilon, cosines(), sines());
    }

    /**
     * Hidden states on their way, without a cache: those of {@link #hidden} are the last.
     *
     * @param ids [1, time]
     * @return float32, one for each layer and one more: the embeddings, then what each layer gives, the last layer through
     *     the final norm. Flat, [time x hidden].
     */
    public List<float[]> states(NDManager owner, NDArray ids) {
        reservePositions((int) ids.getShape().get(1));
        return script.callAll(owner, "states", ids, weights, dimensions, epsilon, cosines(), sines()).stream()
                .map(NDArray::toFloatArray)
                .toList();
    }

    /**
     * Logits of hidden states.
     *
     * @param hidden [N, hidden]
     * @return [N, vocabulary], float32
     */
    public NDArray logits(NDManager owner, NDArray hidden) {
        return script.call(owner, "logits", hidden, weights, dimensions);
    }

    /** A new owner of arrays on the model's device. The caller closes it. */
    public NDManager newScope() {
        return manager.newSubManager();
    }

    /** Arrays and owners of arrays that are alive under this model; what a leak test counts. */
    public int liveArrays() {
        return manager.getManagedArrays().size();
    }

    /** Zeros in the model's element type, which the engine's own array factory cannot make for bfloat16. */
    public NDArray zeros(NDManager owner, Shape dimensionsOfZeros) {
        return script.call(owner, "zeros", dimensionsOfZeros.getShape(), weightArrays[0]);
    }

    /** The weights, wrapped for the family's functions. */
    public Script.Values weights() {
        return weights;
    }

    /** {@link LmConfig#dimensions()}, wrapped for the family's functions. */
    public Script.Values dimensions() {
        return dimensions;
    }

    /** The norms' epsilon. */
    public double epsilon() {
        return epsilon;
    }

    /** Makes {@link #cosines} and {@link #sines} long enough for texts of so many tokens. */
    public void reservePositions(int positions) {
        rotary.reserve(positions);
    }

    /** Rotary cosines [positions reserved, rotary dim], wrapped; to be asked for anew at every call. */
    public Script.Values cosines() {
        return rotary.cosines();
    }

    /** Rotary sines, likewise. */
    public Script.Values sines() {
        return rotary.sines();
    }

    @Override
    public void close() {
        weights.close();
        dimensions.close();
        rotary.close();
        manager.close();
    }
}
