package dev.temper.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.training.progress.MetricsLog;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One training by AdamW with a short warm-up and a cosine, which goes on from its last checkpoint when it is started again
 * after a kill. The optimiser's moments begin anew with each training.
 *
 * @param task what the progress bar calls it
 * @param steps at least 1
 * @param learningRate its peak
 * @param checkpointEvery steps between two checkpoints
 * @param work folder of the checkpoint and of {@code metrics.jsonl}
 * @param fingerprint of everything that the course of the training depends on
 */
public record ResumableTraining(
        String task,
        long steps,
        double learningRate,
        double weightDecay,
        int checkpointEvery,
        Path work,
        String fingerprint) {
    private static final double WARMUP_SHARE = 0.05;
    private static final double FINAL_LEARNING_RATE_SHARE = 0.1;

    /**
     * Takes the steps that are left.
     *
     * @param owner its device is where the weights are
     * @param weights float32 arrays that require gradients, each once; changed in place
     */
    public void run(NDManager owner, List<NDArray> weights, Progress.Factory progress, TrainingLoop.Body body) {
        try (NDManager scope = owner.newSubManager();
                AdamW adamW = new AdamW(scope, weights, AdamW.Settings.DEFAULT.withWeightDecay(weightDecay))) {
            TrainingCheckpoint checkpoint = new TrainingCheckpoint(
                    checkpointFile(), fingerprint, new TensorStore(scope), Map.of("weights", weights), adamW);
            long from = checkpoint
                    .restore(scope, texts -> Long.parseLong(texts.getOrDefault("step", "")))
                    .orElse(0L);
            LearningRateSchedule schedule = new LearningRateSchedule(
                    learningRate, Math.round(WARMUP_SHARE * steps), steps, FINAL_LEARNING_RATE_SHARE);
            try (MetricsLog log = MetricsLog.continueAfter(work.resolve("metrics.jsonl"), from);
                    Progress bar = progress.start(task, "steps", steps)) {
                new TrainingLoop(adamW, schedule, checkpoint, checkpointEvery, log, bar).run(from, steps, body);
            }
        }
    }

    /** For when the result is made: what the checkpoint would resume is done. */
    public void deleteCheckpoint() {
        try {
            Files.deleteIfExists(checkpointFile());
        } catch (IOException e) {
            throw new TemperException("cannot delete " + checkpointFile() + " (" + e + "); check its permissions", e);
        }
    }

    private Path checkpointFile() {
        return work.resolve("checkpoint.safetensors");
    }
}
