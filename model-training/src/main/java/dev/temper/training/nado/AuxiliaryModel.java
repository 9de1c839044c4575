package dev.temper.training.nado;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.lm.CheckpointWriter;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaConfig;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.training.decoder.TrainableDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * R, the auxiliary model: a decoder of the base's family and width with fewer layers, whose output layer gives one logit
 * for each next token; its sigmoid is the probability that a text with that token will satisfy the policy.
 *
 * <p>As a checkpoint it is a folder of the base's family. Start it from the base's first layers, which have learnt to
 * read, and an output layer of zeros: R is then one half everywhere, and q is p.
 */
public final class AuxiliaryModel {
    private AuxiliaryModel() {}

    /**
     * A new one.
     *
     * @param manager will own the weights
     * @param layers at most the base's
     */
    public static TrainableDecoder create(NDManager manager, ModelFolder base, int layers) {
        LlamaConfig config = config(base, layers);
        List<NDArray> weights = new ArrayList<>(WeightLoader.load(
                        base.weights(),
                        LlamaWeights.backbonePlan(base.llama()),
                        ElementType.FLOAT32,
                        manager,
                        LoadProgress.SILENT)
                .arrays());
        int perLayer = LlamaWeights.PER_LAYER;
        List<NDArray> unused = weights.subList(layers * perLayer, base.llama().layers() * perLayer);
        unused.forEach(NDArray::close);
        unused.clear();
        weights.add(manager.zeros(new Shape(config.vocab(), config.hidden()), DataType.FLOAT32));
        return new TrainableDecoder(manager, config, weights);
    }

    /** One that was saved. */
    public static TrainableDecoder load(NDManager manager, ModelFolder folder) {
        return TrainableDecoder.load(manager, folder, folder.weightPlan());
    }

    /** Saves it beside the base's tokenizer. */
    public static void save(Path target, ModelFolder base, TrainableDecoder auxiliary, ObjectNode manifest) {
        LlamaConfig config = (LlamaConfig) auxiliary.config();
        CheckpointWriter.writeShortened(
                target, base, config.layers(), auxiliary.weights(), ElementType.FLOAT32, manifest);
    }

    private static LlamaConfig config(ModelFolder base, int layers) {
        LlamaConfig config = base.llama();
        if (layers < 1 || layers > config.layers()) {
            throw new IllegalArgumentException(
                    "the auxiliary model can have 1 to " + config.layers() + " layers, not " + layers);
        }
        return config.shortened(layers);
    }
}
