package dev.temper.app.policy;

import java.util.Objects;

/**
 * What a score of one category leads to.
 *
 * @param threshold the score from which the action is taken, in (0, 1]; lower flags more
 * @param action what is done with an answer at or above the threshold
 */
public record CategoryRule(double threshold, Action action) {
    public static final double DEFAULT_THRESHOLD = 0.5;

    /** Block what is more likely than not to be harmful. */
    public static final CategoryRule DEFAULT = new CategoryRule(DEFAULT_THRESHOLD, Action.BLOCK);

    public CategoryRule {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold must be in (0, 1], not " + threshold);
        }
        Objects.requireNonNull(action, "action");
    }

    /** Whether a score reaches the threshold. */
    public boolean exceededBy(double score) {
        return score >= threshold;
    }

    /**
     * How grave a score is, relative to the threshold, so that a threshold that suits the scorer's calibration moves the
     * levels with it: 0 (safe) below half the threshold, 2 (low) below the threshold, 4 (medium) up to half of the way
     * from the threshold to 1, and 6 (high) from there on.
     */
    public int severityOf(double score) {
        if (score < threshold / 2) {
            return 0;
        }
        if (score < threshold) {
            return 2;
        }
        return score < (1 + threshold) / 2 ? 4 : 6;
    }
}
