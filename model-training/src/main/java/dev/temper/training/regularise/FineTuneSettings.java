package dev.temper.training.regularise;

import dev.temper.runtime.lm.ElementType;
import dev.temper.training.decoder.LoraSettings;
import java.util.Optional;

/**
 * How one iteration fine-tunes.
 *
 * @param steps of each iteration, at least 1
 * @param batchSize sequences of each domain in one batch, at least 1
 * @param accumulation batches whose gradients make one step, at least 1
 * @param learningRate peak of AdamW's learning rate, above 0
 * @param weightDecay of matrices, at least 0
 * @param delta the level δ that the expectation of C shall reach, in (0, 1]
 * @param divergence direction of the regulariser
 * @param computeType float32 or bfloat16: what passes compute in; weights and moments stay float32
 * @param checkpointEvery steps between two checkpoints, at least 1
 * @param lora empty = all weights are trained
 */
public record FineTuneSettings(
        int steps,
        int batchSize,
        int accumulation,
        double learningRate,
        double weightDecay,
        double delta,
        Divergence divergence,
        ElementType computeType,
        int checkpointEvery,
        Optional<LoraSettings> lora) {

    /** All weights are trained. */
    public FineTuneSettings(
            int steps,
            int batchSize,
            int accumulation,
            double learningRate,
            double weightDecay,
            double delta,
            Divergence divergence,
            ElementType computeType,
            int checkpointEvery) {
        this(
                steps,
                batchSize,
                accumulation,
                learningRate,
                weightDecay,
                delta,
                divergence,
                computeType,
                checkpointEvery,
                Optional.empty());
    }

    public FineTuneSettings {
        require(steps >= 1, "steps must be at least 1, not " + steps);
        require(batchSize >= 1, "batch_size must be at least 1, not " + batchSize);
        require(accumulation >= 1, "accumulation must be at least 1, not " + accumulation);
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learning_rate must be finite and above 0, not " + learningRate);
        require(
                weightDecay >= 0 && Double.isFinite(weightDecay),
                "weight_decay must be at least 0, not " + weightDecay);
        require(delta > 0 && delta <= 1, "delta must be in (0, 1], not " + delta);
        require(
                computeType == ElementType.FLOAT32 || computeType == ElementType.BFLOAT16,
                "precision must be float32 or bfloat16, not " + computeType.torchName());
        require(checkpointEvery >= 1, "checkpoint_every must be at least 1, not " + checkpointEvery);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
