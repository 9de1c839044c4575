package dev.temper.runtime.decode;

import java.util.List;
import java.util.Set;

/**
 * A sequence that joins the batch.
 *
 * @param promptIds tokens that the model reads first, at least one
 * @param maxCandidates most candidates that the rule looks at for one token; 0 = the rule is not asked
 * @param ruleSettings this sequence's settings of the {@link CandidateRule}
 * @param badWords runs of tokens that are never completed, none empty: what the tokenizer makes of
 *     {@link DecodingParameters#badWords()}
 * @param endTokens what is ruled out until there are {@link DecodingParameters#minNewTokens()}; never itself a bad word
 */
public record Admission(
        int[] promptIds,
        DecodingParameters decoding,
        int maxCandidates,
        double[] ruleSettings,
        List<int[]> badWords,
        Set<Integer> endTokens) {
    public Admission {
        badWords = List.copyOf(badWords);
        endTokens = Set.copyOf(endTokens);
        if (promptIds.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (badWords.stream().anyMatch(word -> word.length == 0)) {
            throw new IllegalArgumentException("a bad word needs at least one token");
        }
    }

    /** A sequence without bad words, whose end tokens are tokens like others. */
    public Admission(int[] promptIds, DecodingParameters decoding, int maxCandidates, double[] ruleSettings) {
        this(promptIds, decoding, maxCandidates, ruleSettings, List.of(), Set.of());
    }

    /** Whether the rule is asked. */
    boolean guided() {
        return maxCandidates > 0;
    }
}
