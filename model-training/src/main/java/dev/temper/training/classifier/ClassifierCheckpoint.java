package dev.temper.training.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.Safetensors;
import dev.temper.training.optim.AdamW;
import dev.temper.training.optim.TensorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The one file from which a killed training goes on: weights, best weights, moments and {@link TrainingState}. */
final class ClassifierCheckpoint {
    private static final String FINGERPRINT = "fingerprint";

    private final Path file;
    private final String fingerprint;
    private final TensorStore store;
    private final Map<String, List<NDArray>> lists;
    private final AdamW adamW;

    /**
     * @param fingerprint everything that the course of the training depends on: another one is another training
     * @param best the weights of the best look
     */
    ClassifierCheckpoint(
            Path file, String fingerprint, TensorStore store, List<NDArray> weights, List<NDArray> best, AdamW adamW) {
        this.file = file;
        this.fingerprint = fingerprint;
        this.store = store;
        this.adamW = adamW;
        this.lists = Map.of(
                "weights",
                weights,
                "best",
                best,
                "first_moments",
                adamW.firstMoments(),
                "second_moments",
                adamW.secondMoments());
    }

    void save(TrainingState state) {
        Map<String, String> texts = new HashMap<>(state.toTexts());
        texts.put(FINGERPRINT, fingerprint);
        store.write(file, lists, texts);
    }

    /**
     * Brings all arrays to where the checkpoint has them.
     *
     * @return empty if there is no checkpoint
     * @throws TemperException if it belongs to another training or is damaged
     */
    Optional<TrainingState> restore(NDManager owner) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Safetensors stored = Safetensors.open(file);
        if (!fingerprint.equals(stored.metadata().get(FINGERPRINT))) {
            throw new TemperException("checkpoint " + file
                    + " belongs to a training with another base, other data or other settings; repeat those to resume"
                    + " it, or delete it to start anew");
        }
        try {
            TrainingState state = TrainingState.ofTexts(stored.metadata());
            store.read(stored, lists, owner);
            adamW.restoreStepCount(state.step());
            return Optional.of(state);
        } catch (NumberFormatException e) {
            throw new TemperException("checkpoint " + file + " is damaged; delete it to start anew", e);
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new TemperException("cannot delete " + file + " (" + e + "); check its permissions", e);
        }
    }
}
