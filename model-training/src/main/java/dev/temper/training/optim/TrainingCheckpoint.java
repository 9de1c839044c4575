package dev.temper.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The one file from which a killed training goes on: weights, the optimiser's moments, and where it was. */
public final class TrainingCheckpoint {
    private static final String FINGERPRINT = "fingerprint";
    private static final String STEP = "step";

    private final Path file;
    private final String fingerprint;
    private final TensorStore store;
    private final Map<String, List<NDArray>> lists;
    private final AdamW adamW;

    /**
     * @param fingerprint everything that the course of the training depends on: another one is another training
     * @param weights lists of float32 arrays by name
     */
    public TrainingCheckpoint(
            Path file, String fingerprint, TensorStore store, Map<String, List<NDArray>> weights, AdamW adamW) {
        this.file = file;
        this.fingerprint = fingerprint;
        this.store = store;
        this.adamW = adamW;
        this.lists = new HashMap<>(weights);
        lists.put("first_moments", adamW.firstMoments());
        lists.put("second_moments", adamW.secondMoments());
    }

    /**
     * Replaces the file.
     *
     * @param step steps done
     * @param texts what else the training has to remember
     */
    public void save(long step, Map<String, String> texts) {
        Map<String, String> all = new HashMap<>(texts);
        all.put(FINGERPRINT, fingerprint);
        all.put(STEP, String.valueOf(step));
        store.write(file, lists, all);
    }

    /**
     * Brings all arrays to where the checkpoint has them.
     *
     * @param reader makes the training's state of the texts that were saved and the step; throws
     *     {@link NumberFormatException} if one is missing
     * @return empty if there is no checkpoint
     * @throws TemperException if it belongs to another training or is damaged
     */
    public <T> Optional<T> restore(NDManager owner, Function<Map<String, String>, T> reader) {
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
            T state = reader.apply(stored.metadata());
            long step = Long.parseLong(stored.metadata().getOrDefault(STEP, ""));
            store.read(stored, lists, owner);
            adamW.restoreStepCount(step);
            return Optional.of(state);
        } catch (NumberFormatException e) {
            throw new TemperException("checkpoint " + file + " is damaged; delete it to start anew", e);
        }
    }

    /** For when the training is done. */
    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new TemperException("cannot delete " + file + " (" + e + "); check its permissions", e);
        }
    }
}
