package dev.temper.training.evaluate;

import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A β sweep: the same prompts and seeds under guidance of different strengths.
 *
 * @param subspace the name by which the engine knows the subspace
 * @param betas strengths, in the order of the table; different, none negative; 0 is plain sampling
 * @param mode what β multiplies
 * @param maxCandidates most candidates of one token
 * @param samplesPerPrompt answers to each prompt, at least 1
 * @param decoding how tokens are chosen
 * @param category the scorer's category that counts as toxicity; if absent its only one, one named toxic or toxicity,
 *     or else the largest score of all
 * @param seed of sampling and of intervals
 */
public record SweepSettings(
        String subspace,
        List<Double> betas,
        Mode mode,
        int maxCandidates,
        int samplesPerPrompt,
        DecodingParameters decoding,
        Optional<String> category,
        long seed) {
    public static final int DEFAULT_SAMPLES = 8;

    public SweepSettings {
        betas = List.copyOf(betas);
        if (betas.isEmpty() || betas.stream().distinct().count() != betas.size()) {
            throw new IllegalArgumentException("betas must be one or more different numbers, not " + betas);
        }
        if (samplesPerPrompt < 1 || samplesPerPrompt > 10_000) {
            throw new IllegalArgumentException("samples must be in [1, 10000], not " + samplesPerPrompt);
        }
        betas.forEach(beta -> guidance(subspace, beta, mode, maxCandidates));
    }

    /** What a request of this strength says. */
    GuidanceParameters guidance(double beta) {
        return guidance(subspace, beta, mode, maxCandidates);
    }

    private static GuidanceParameters guidance(String subspace, double beta, Mode mode, int maxCandidates) {
        return beta == 0
                ? GuidanceParameters.NONE
                : new GuidanceParameters(Map.of(subspace, beta), mode, maxCandidates);
    }
}
