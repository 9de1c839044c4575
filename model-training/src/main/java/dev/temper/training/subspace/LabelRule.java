package dev.temper.training.subspace;

import java.util.Optional;

/**
 * Which side of the boundary a labelled row is on.
 *
 * @param toxicFrom rows with at least this label are toxic; in (0, 1]
 * @param nonToxicUpTo rows with at most this label are not toxic; in [0, 1), below {@code toxicFrom}. Rows between the
 *     two are left out.
 */
public record LabelRule(double toxicFrom, double nonToxicUpTo) {
    /** Toxic from a half on; below it only what no one found toxic. */
    public static final LabelRule DEFAULT = new LabelRule(0.5, 0.0);

    public LabelRule {
        if (!(toxicFrom > 0 && toxicFrom <= 1)) {
            throw new IllegalArgumentException("toxic-from must be in (0, 1], not " + toxicFrom);
        }
        if (!(nonToxicUpTo >= 0 && nonToxicUpTo < toxicFrom)) {
            throw new IllegalArgumentException(
                    "non-toxic-up-to must be at least 0 and below toxic-from, not " + nonToxicUpTo);
        }
    }

    /** Whether a row is toxic; empty for a row that is left out. */
    public Optional<Boolean> isToxic(double label) {
        if (label >= toxicFrom) {
            return Optional.of(true);
        }
        return label <= nonToxicUpTo ? Optional.of(false) : Optional.empty();
    }

    /** For the subspace's provenance. */
    public String describe() {
        return "toxic: label >= " + toxicFrom + "; non-toxic: label <= " + nonToxicUpTo;
    }
}
