package dev.temper.training.nado;

import dev.temper.runtime.lm.ElementType;

/**
 * How the auxiliary model is trained.
 *
 * @param layers decoder layers, at least 1 and at most the base's
 * @param batchSize samples of one step, at least 1
 * @param epochs passes over the samples, at least 1
 * @param learningRate peak of AdamW's learning rate, above 0; the authors report 2e-5 at GPT-2's size
 * @param weightDecay of matrices, at least 0; the authors report 0.02
 * @param consistency weight of L_reg against L_CE, at least 0; the authors report 0.5 to 1
 * @param computeType float32 or bfloat16: what passes compute in
 * @param checkpointEvery steps between two checkpoints, at least 1
 */
public record AuxiliarySettings(
        int layers,
        int batchSize,
        int epochs,
        double learningRate,
        double weightDecay,
        double consistency,
        ElementType computeType,
        int checkpointEvery) {
    public AuxiliarySettings {
        require(layers >= 1, "layers must be at least 1, not " + layers);
        require(batchSize >= 1, "batch_size must be at least 1, not " + batchSize);
        require(epochs >= 1, "epochs must be at least 1, not " + epochs);
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learning_rate must be finite and above 0, not " + learningRate);
        require(
                weightDecay >= 0 && Double.isFinite(weightDecay),
                "weight_decay must be at least 0, not " + weightDecay);
        require(consistency >= 0 && Double.isFinite(consistency), "consistency must be at least 0, not " + consistency);
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
