package dev.temper.training.classifier;

import dev.temper.runtime.lm.ElementType;
import dev.temper.training.optim.AdamW;

/**
 * How a classifier is trained.
 *
 * @param maxTokens longer texts are cut to their first tokens; 8 to the model's positions
 * @param batchSize rows of one step, at least 1
 * @param epochs most passes over the training rows, at least 1; early stopping may end before
 * @param learningRate largest learning rate, above 0
 * @param warmupShare share of all steps in which the learning rate rises, in [0, 1)
 * @param optimizer AdamW's numbers
 * @param computeType float32 or bfloat16: what forward and backward passes compute in; weights and moments stay float32
 * @param evaluateEvery steps between two looks at the held-out rows, at least 1
 * @param evaluationRows most held-out rows of each file at such a look, at least 2; the final report takes them all
 * @param patience looks without a better ROC-AUC after which training stops, at least 1
 * @param checkpointEvery steps between two checkpoints, at least 1
 * @param seed of the head's first weights, of the order of rows and of intervals
 */
public record ClassifierSettings(
        int maxTokens,
        int batchSize,
        int epochs,
        double learningRate,
        double warmupShare,
        AdamW.Settings optimizer,
        ElementType computeType,
        int evaluateEvery,
        int evaluationRows,
        int patience,
        int checkpointEvery,
        long seed) {
    public static final int DEFAULT_MAX_TOKENS = 128;
    public static final int DEFAULT_BATCH_SIZE = 32;
    public static final int DEFAULT_EPOCHS = 2;
    public static final double DEFAULT_LEARNING_RATE = 5e-4;
    public static final double DEFAULT_WARMUP_SHARE = 0.05;
    public static final int DEFAULT_EVALUATE_EVERY = 500;
    public static final int DEFAULT_EVALUATION_ROWS = 500;
    public static final int DEFAULT_PATIENCE = 4;
    public static final int DEFAULT_CHECKPOINT_EVERY = 500;

    public ClassifierSettings {
        require(maxTokens >= 8, "max-tokens must be at least 8, not " + maxTokens);
        require(batchSize >= 1, "batch-size must be at least 1, not " + batchSize);
        require(epochs >= 1, "epochs must be at least 1, not " + epochs);
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "learning-rate must be finite and above 0, not " + learningRate);
        require(warmupShare >= 0 && warmupShare < 1, "warmup must be a share in [0, 1), not " + warmupShare);
        require(
                computeType == ElementType.FLOAT32 || computeType == ElementType.BFLOAT16,
                "precision must be float32 or bfloat16, not " + computeType.torchName());
        require(evaluateEvery >= 1, "evaluate-every must be at least 1, not " + evaluateEvery);
        require(evaluationRows >= 2, "evaluation-rows must be at least 2, not " + evaluationRows);
        require(patience >= 1, "patience must be at least 1, not " + patience);
        require(checkpointEvery >= 1, "checkpoint-every must be at least 1, not " + checkpointEvery);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
