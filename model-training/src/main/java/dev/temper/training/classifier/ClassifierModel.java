package dev.temper.training.classifier;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaConfig;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A classifier in training: float32 weights that require gradients, and the compiled text of its passes. Used by one
 * thread; owns its weights.
 */
final class ClassifierModel implements AutoCloseable {
    /** Outputs: non-toxic and toxic. */
    static final List<String> LABELS = List.of("non_toxic", "toxic");

    private static final double HEAD_DEVIATION = 0.02; // the family's initializer_range

    private final NDManager manager;
    private final Script script;
    private final List<NDArray> weights; // in the order of LlamaWeights.classifierPlan
    private final NDArray dims; // LmConfig.dimensions()
    private final NDArray real; // [1] norm epsilon
    private final NDArray frequencies; // [head dim / 2]
    private final NDArray compute; // [0] of the type to compute in
    private final Script.Values weightValues;

    private ClassifierModel(NDManager manager, LlamaConfig config, List<NDArray> weights, ElementType computeType) {
        this.manager = manager;
        this.weights = List.copyOf(weights);
        List<String> texts = new ArrayList<>(List.of("lm/mask.py"));
        texts.addAll(config.familyTexts());
        texts.add("lm/attention.py");
        this.script = Script.compile(manager, texts, "training/classifier.py");
        this.dims = manager.create(config.dimensions());
        this.real = manager.create(new double[] {config.rmsNormEps()});
        this.frequencies = manager.create(config.inverseFrequencies());
        // Made by the text: the engine's own array factory cannot make bfloat16.
        this.compute = script.call(manager, "empty", computeType.torchCode(), frequencies);
        weights.forEach(weight -> weight.setRequiresGradient(true));
        this.weightValues = Script.Values.of(weights.toArray(new NDArray[0]));
    }

    /**
     * Loads a base and gives it a new head of small random weights.
     *
     * @param manager its device is where training happens; owned by the model from now on
     */
    static ClassifierModel load(NDManager manager, ModelFolder base, ElementType computeType, long seed) {
        LlamaConfig config = base.llama();
        List<NDArray> weights = new ArrayList<>(WeightLoader.load(
                        base.weights(),
                        LlamaWeights.backbonePlan(config),
                        ElementType.FLOAT32,
                        manager,
                        LoadProgress.SILENT)
                .arrays());
        Random random = new Random(seed);
        float[] head = new float[LABELS.size() * config.hidden()];
        for (int i = 0; i < head.length; i++) {
            head[i] = (float) (HEAD_DEVIATION * random.nextGaussian());
        }
        weights.add(manager.create(head, new Shape(LABELS.size(), config.hidden())));
        return new ClassifierModel(manager, config, weights, computeType);
    }

    /**
     * Leaves the gradients of a batch's mean cross-entropy on the weights.
     *
     * @return the loss, in nats
     */
    double backward(List<EncodedRow> rows) {
        try (NDManager scope = manager.newSubManager()) {
            TokenBatch batch = TokenBatch.of(scope, rows);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = script.forwardWithGradients(
                        "loss",
                        batch.ids(),
                        batch.last(),
                        batch.targets(),
                        dims,
                        real,
                        frequencies,
                        compute,
                        weights.toArray(new NDArray[0]));
                collector.backward(loss);
                return loss.getFloat();
            }
        }
    }

    /** The probability of the toxic label, for each row, in inference mode. */
    double[] toxicity(List<EncodedRow> rows) {
        try (NDManager scope = manager.newSubManager()) {
            TokenBatch batch = TokenBatch.of(scope, rows);
            float[] probabilities = script.call(
                            scope,
                            "probabilities",
                            batch.ids(),
                            batch.last(),
                            dims,
                            real,
                            frequencies,
                            compute,
                            weightValues)
                    .toFloatArray(); // [batch, 2]
            double[] toxicity = new double[rows.size()];
            for (int i = 0; i < toxicity.length; i++) {
                toxicity[i] = probabilities[2 * i + 1];
            }
            return toxicity;
        }
    }

    List<NDArray> weights() {
        return weights;
    }

    /** A new owner of arrays beside the weights; it ends with the model. */
    NDManager newScope() {
        return manager.newSubManager();
    }

    /** Float32 arrays of the weights' shapes, all zero, that belong to this owner. */
    List<NDArray> zerosLikeWeights(NDManager owner) {
        return weights.stream()
                .map(weight -> owner.zeros(weight.getShape(), DataType.FLOAT32))
                .toList();
    }

    @Override
    public void close() {
        weightValues.close();
        manager.close();
    }
}
