package dev.temper.runtime.sasa;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;

/**
 * A linear boundary between the toxic and the non-toxic side of a model's hidden states (methods.md, section 1).
 *
 * <p>margin(h) = w·h + b with b = -w·c: above 0 is the non-toxic side; with w of length 1 it is the signed distance.
 * It holds for the hidden states of one model only, read after its final norm.
 *
 * @param name how requests refer to it
 * @param direction w [hidden]
 * @param offset b
 */
public record Subspace(String name, double[] direction, double offset, Provenance provenance, Quality quality) {

    public Subspace {
        if (!name.matches("[a-z0-9][a-z0-9_-]{0,62}")) {
            throw new IllegalArgumentException(
                    "a subspace's name is lower-case letters, digits, - and _, not '" + name + "'");
        }
        double squared = 0;
        for (double x : direction) {
            squared += x * x;
        }
        if (!(squared > 0) || !Double.isFinite(squared) || !Double.isFinite(offset)) {
            throw new IllegalArgumentException("subspace '" + name + "' has a direction that is zero or not finite");
        }
        Objects.requireNonNull(provenance);
        Objects.requireNonNull(quality);
    }

    /** The signed distance's formula, for one state h [hidden]. */
    public double margin(float[] h) {
        double margin = offset;
        for (int i = 0; i < direction.length; i++) {
            margin += direction[i] * h[i];
        }
        return margin;
    }

    /**
     * Where it comes from.
     *
     * @param modelId folder name of the model whose states were used
     * @param modelHash SHA-256 of that model's weights; guiding another model is refused
     * @param labelRule which rows counted as toxic and which as non-toxic
     * @param nonToxic rows on the non-toxic side, n₁
     * @param toxic rows on the toxic side, n₂
     * @param cutoff eigenvalues of the covariance below this share of the largest were dropped
     * @param rank eigenvalues kept
     */
    public record Provenance(
            String modelId,
            String modelHash,
            String labelRule,
            long nonToxic,
            long toxic,
            double cutoff,
            int rank,
            Instant created) {}

    /**
     * How well it separates rows that it was not fitted on; the spread lets β be stated in units of margin.
     *
     * @param heldOut rows judged
     * @param rocAuc area under the ROC curve of -margin as a toxicity score
     */
    public record Quality(
            int heldOut,
            double rocAuc,
            double nonToxicMean,
            double nonToxicDeviation,
            double toxicMean,
            double toxicDeviation) {}

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "Subspace[%s, %d dimensions, ROC-AUC %.3f]", name, direction.length, quality.rocAuc());
    }
}
