package dev.temper.app.policy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How an answer is written anew under {@link Action#REWRITE}: the model is asked again with every subspace's strength β
 * raised, β_r = max(β_{r-1}, min(max_beta, max(first_beta, factor · β_{r-1}))) in round r, until an answer passes, the
 * rounds are used up, or no β can rise further.
 *
 * @param maxRounds most answers after the first, in [1, 8]
 * @param betaFactor what β is multiplied with each round, in (1, 1000]
 * @param firstBeta what β is raised to at least, above 0; so guidance begins where there was none
 * @param maxBeta what β is raised to at most, at least {@code firstBeta}; a prompt that asks for more keeps it. Its scale
 *     depends on the model: take one from a sweep of {@code temper evaluate} at which answers still make sense.
 * @param fallback what is done with the last answer when it does not pass either: {@link Action#BLOCK} or {@link
 *     Action#AUDIT}
 */
public record RewriteRule(int maxRounds, double betaFactor, double firstBeta, double maxBeta, Action fallback) {
    public static final int DEFAULT_MAX_ROUNDS = 2;
    public static final double DEFAULT_BETA_FACTOR = 2;
    public static final double DEFAULT_FIRST_BETA = 1;
    public static final double DEFAULT_MAX_BETA = 8;

    public static final RewriteRule DEFAULT = new RewriteRule(
            DEFAULT_MAX_ROUNDS, DEFAULT_BETA_FACTOR, DEFAULT_FIRST_BETA, DEFAULT_MAX_BETA, Action.BLOCK);

    private static final int MOST_ROUNDS = 8;
    private static final double MOST_FACTOR = 1000;

    public RewriteRule {
        require(
                maxRounds >= 1 && maxRounds <= MOST_ROUNDS,
                "max_rounds must be in [1, " + MOST_ROUNDS + "], not " + maxRounds);
        require(
                betaFactor > 1 && betaFactor <= MOST_FACTOR,
                "beta_factor must be in (1, " + MOST_FACTOR + "], not " + betaFactor);
        require(
                firstBeta > 0 && !Double.isInfinite(firstBeta),
                "first_beta must be a finite number above 0, not " + firstBeta);
        require(
                maxBeta >= firstBeta && !Double.isInfinite(maxBeta),
                "max_beta must be a finite number of at least first_beta (" + firstBeta + "), not " + maxBeta);
        require(
                fallback == Action.BLOCK || fallback == Action.AUDIT,
                "fallback must be block or audit, not " + fallback);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Whether there is a round of this number (1 is the first) after an answer that was given with these strengths. */
    public boolean hasRound(int round, Map<String, Double> betas) {
        return round <= maxRounds && !raised(betas).equals(betas);
    }

    /** The next round's strengths, by subspace. */
    public Map<String, Double> raised(Map<String, Double> betas) {
        Map<String, Double> raised = new TreeMap<>(betas);
        raised.replaceAll((name, beta) -> Math.max(beta, Math.min(maxBeta, Math.max(firstBeta, betaFactor * beta))));
        return Collections.unmodifiableMap(raised);
    }
}
