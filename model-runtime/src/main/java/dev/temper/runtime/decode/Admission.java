package dev.temper.runtime.decode;

/**
 * A sequence that joins the batch.
 *
 * @param promptIds tokens that the model reads first, at least one
 * @param maxCandidates most candidates that the rule looks at for one token; 0 = the rule is not asked
 * @param ruleSettings this sequence's settings of the {@link CandidateRule}
 */
public record Admission(int[] promptIds, DecodingParameters decoding, int maxCandidates, double[] ruleSettings) {
    public Admission {
        if (promptIds.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
    }
}
