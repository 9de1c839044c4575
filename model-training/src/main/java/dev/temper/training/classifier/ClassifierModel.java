package dev.temper.training.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaConfig;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.training.decoder.TrainableDecoder;
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

    private final TrainableDecoder decoder; // its weights in the order of LlamaWeights.classifierPlan
    private final Script script;
    private final NDArray compute; // [0] of the type to compute in
    private final Script.Values weightValues;

    private ClassifierModel(TrainableDecoder decoder, ElementType computeType) {
        this.decoder = decoder.requiringGradients();
        this.script = Script.compile(decoder.newScope(), decoder.texts(), "training/classifier.py");
        this.compute = decoder.computing(computeType);
        this.weightValues = Script.Values.of(decoder.weightArray());
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
        return new ClassifierModel(new TrainableDecoder(manager, config, weights), computeType);
    }

    /**
     * Leaves the gradients of a batch's mean cross-entropy on the weights.
     *
     * @return the loss, in nats
     */
    double backward(List<EncodedRow> rows) {
        try (NDManager scope = decoder.newScope()) {
            TokenBatch batch = TokenBatch.of(scope, rows);
            return Autograd.backward(() -> script.forwardWithGradients(
                    "loss",
                    batch.ids(),
                    batch.last(),
                    batch.targets(),
                    decoder.dims(),
                    decoder.real(),
                    decoder.frequencies(),
                    compute,
                    decoder.weightArray()));
        }
    }

    /** The probability of the toxic label, for each row, in inference mode. */
    double[] toxicity(List<EncodedRow> rows) {
        try (NDManager scope = decoder.newScope()) {
            TokenBatch batch = TokenBatch.of(scope, rows);
            float[] probabilities = script.call(
                            scope,
                            "probabilities",
                            batch.ids(),
                            batch.last(),
                            decoder.dims(),
                            decoder.real(),
                            decoder.frequencies(),
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
        return decoder.weights();
    }

    /** A new owner of arrays beside the weights; it ends with the model. */
    NDManager newScope() {
        return decoder.newScope();
    }

    /** Float32 arrays of the weights' shapes, all zero, that belong to this owner. */
    List<NDArray> zerosLikeWeights(NDManager owner) {
        return decoder.zerosLikeWeights(owner);
    }

    @Override
    public void close() {
        weightValues.close();
        decoder.close();
    }
}
