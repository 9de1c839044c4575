package dev.temper.training.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.lm.CheckpointWriter;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.WeightLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The language model that learning to classify leaves behind: the layers that the classifier changed, under the base's own
 * output layer. It tells what fine-tuning by a classification loss does to what a model writes (the baseline "SFT
 * (classification)" of Meng et al., 2024).
 */
final class ClassifierGenerator {
    private ClassifierGenerator() {}

    /**
     * Saves it.
     *
     * @param target folder of the causal language model
     * @param base a causal language model; where its output layer is its embedding, the target gets a copy of that as it
     *     was before the training
     * @param trained the classifier's weights, in the order of {@link LlamaWeights#classifierPlan}
     * @param owner its device is where the weights are
     */
    static void write(
            Path target,
            ModelFolder base,
            List<NDArray> trained,
            ElementType storeAs,
            NDManager owner,
            ObjectNode manifest) {
        try (NDManager scope = owner.newSubManager()) {
            List<NDArray> weights = new ArrayList<>(WeightLoader.load(
                            base.weights(), base.weightPlan(), ElementType.FLOAT32, scope, LoadProgress.SILENT)
                    .arrays());
            int shared = trained.size() - 1; // all but the classification head
            for (int i = 0; i < shared; i++) {
                weights.set(i, trained.get(i));
            }
            CheckpointWriter.writeShortened(target, base, base.llama().layers(), weights, storeAs, manifest);
        }
    }
}
