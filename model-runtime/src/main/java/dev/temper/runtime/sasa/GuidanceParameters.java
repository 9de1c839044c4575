package dev.temper.runtime.sasa;

import java.util.Map;

/**
 * How strongly each named subspace steers decoding.
 *
 * @param betas subspace name to β; 0 leaves the model's own distribution, larger is further from the toxic side; never
 *     negative
 * @param mode what the candidates' margins are turned into before β multiplies them
 * @param maxCandidates most candidates that are looked at for one token, at least 2; a nucleus larger than this is cut,
 *     counted and reported
 */
public record GuidanceParameters(Map<String, Double> betas, Mode mode, int maxCandidates) {

    /** The value v_j that is added to the logit of candidate j, times β. */
    public enum Mode {
        /** The margin itself: v_j = w·(h_j - c). */
        RAW,
        /** The margins' softmax over the candidates, which bounds any shift by β. */
        SOFTMAX
    }

    public static final int DEFAULT_MAX_CANDIDATES = 64;

    /** No guidance: plain decoding. */
    public static final GuidanceParameters NONE = new GuidanceParameters(Map.of(), Mode.RAW, DEFAULT_MAX_CANDIDATES);

    public GuidanceParameters {
        betas = Map.copyOf(betas);
        betas.forEach((name, beta) -> {
            if (!(beta >= 0) || beta.isInfinite()) {
                throw new IllegalArgumentException(
                        "beta of subspace '" + name + "' must be a finite number of at least 0, not " + beta);
            }
        });
        if (maxCandidates < 2) {
            throw new IllegalArgumentException("max_candidates must be at least 2, not " + maxCandidates);
        }
    }
}
