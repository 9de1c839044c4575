package dev.temper.training.subspace;

import dev.temper.training.metrics.Interval;
import java.util.Locale;
import java.util.Optional;

/**
 * What a refit came to.
 *
 * @param fitted the new subspace, and base and verdicts together
 * @param labelled how it separates the held-out rows of the labelled files
 * @param reviewed how it separates the reviewed answers that were held out; absent where they are too few
 * @param toxic verdicts "toxic" that were added
 * @param notToxic verdicts "not toxic" that were added
 * @param heldOut verdicts that were kept for judging
 */
public record RefitResult(
        FittedSubspace fitted,
        Evaluation labelled,
        Optional<Evaluation> reviewed,
        int toxic,
        int notToxic,
        int heldOut) {

    /**
     * Areas under the ROC curve on the same rows, of which neither subspace was fitted on.
     *
     * @param rows how many
     * @param before of the subspace that is in force
     * @param after of the new one
     */
    public record Evaluation(int rows, Interval before, Interval after) {
        public boolean isWorse() {
            return after.value() < before.value();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%,d rows, ROC-AUC %s, before %s", rows, after.format(4), before.format(4));
        }
    }

    /** Whether the new subspace separates held-out rows worse than the one in force: it must not take its place. */
    public boolean isWorse() {
        return labelled.isWorse() || reviewed.filter(Evaluation::isWorse).isPresent();
    }
}
