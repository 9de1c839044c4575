package dev.temper.training.classifier;

import java.util.Map;

/**
 * Where a training is, beside its tensors. The order of rows follows from seed and step, so no generator's state is
 * needed.
 *
 * @param step steps done
 * @param bestRocAuc best look at the held-out rows so far; -1 before the first
 * @param bestStep step of that look
 * @param looksSinceBest looks since then
 */
record TrainingState(long step, double bestRocAuc, long bestStep, int looksSinceBest) {
    static final TrainingState START = new TrainingState(0, -1, 0, 0);

    TrainingState stepped() {
        return new TrainingState(step + 1, bestRocAuc, bestStep, looksSinceBest);
    }

    /** After a look that gave this ROC-AUC. */
    TrainingState looked(double rocAuc) {
        return rocAuc > bestRocAuc
                ? new TrainingState(step, rocAuc, step, 0)
                : new TrainingState(step, bestRocAuc, bestStep, looksSinceBest + 1);
    }

    Map<String, String> toTexts() {
        return Map.of(
                "best_roc_auc", String.valueOf(bestRocAuc),
                "best_step", String.valueOf(bestStep),
                "looks_since_best", String.valueOf(looksSinceBest));
    }

    /** @throws NumberFormatException if a text is missing or no number */
    static TrainingState ofTexts(Map<String, String> texts) {
        return new TrainingState(
                Long.parseLong(texts.getOrDefault("step", "")),
                Double.parseDouble(texts.getOrDefault("best_roc_auc", "")),
                Long.parseLong(texts.getOrDefault("best_step", "")),
                Integer.parseInt(texts.getOrDefault("looks_since_best", "")));
    }
}
