package dev.temper.runtime.decode;

import java.util.List;

/**
 * How the next token is chosen. The order of the rules is the reference implementation's: repetition penalty,
 * temperature, top-k, top-p.
 *
 * @param maxNewTokens most tokens generated, at least 1
 * @param temperature 0 = greedy; otherwise logits are divided by it, at most 100
 * @param topK keep the k most likely tokens; 0 = all
 * @param topP keep the smallest set of most likely tokens whose probability reaches this; in (0, 1], 1 = all
 * @param repetitionPenalty logits of tokens already seen are divided (positive) or multiplied (negative) by it; in
 *     (0, 100], 1 = none
 * @param stopStrings generation ends before the first of these that appears in the answer; none is empty
 */
public record DecodingParameters(
        int maxNewTokens,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty,
        List<String> stopStrings) {

    public static final int DEFAULT_MAX_NEW_TOKENS = 64;

    /** Plain sampling: temperature 1, top-p 0.9, as the field's evaluations do. */
    public static final DecodingParameters DEFAULT =
            new DecodingParameters(DEFAULT_MAX_NEW_TOKENS, 1.0, 0, 0.9, 1.0, List.of());

    public DecodingParameters {
        stopStrings = List.copyOf(stopStrings);
        require(maxNewTokens >= 1, "max_new_tokens must be at least 1, not " + maxNewTokens);
        require(temperature >= 0 && temperature <= 100, "temperature must be in [0, 100], not " + temperature);
        require(topK >= 0, "top_k must be 0 (off) or more, not " + topK);
        require(topP > 0 && topP <= 1, "top_p must be in (0, 1], not " + topP);
        require(
                repetitionPenalty > 0 && repetitionPenalty <= 100,
                "repetition_penalty must be in (0, 100], not " + repetitionPenalty);
        require(stopStrings.stream().noneMatch(String::isEmpty), "a stop string must not be empty");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
