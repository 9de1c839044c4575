package dev.temper.runtime.decode;

import java.util.List;

/**
 * How the next token is chosen. The order of the rules is the reference implementation's: repetition penalty, presence
 * and frequency penalties (which it lacks), ruled out tokens ({@code no_repeat_ngram_size}, bad words, minimum length),
 * temperature, top-k, top-p, min-p, typical-p, epsilon cutoff. {@code docs/decoding.md} defines each.
 *
 * @param maxNewTokens most tokens generated, at least 1
 * @param temperature 0 = greedy; otherwise logits are divided by it, at most 100
 * @param topK keep the k most likely tokens; 0 = all
 * @param topP keep the smallest set of most likely tokens whose probability reaches this; in (0, 1], 1 = all
 * @param repetitionPenalty logits of tokens already seen are divided (positive) or multiplied (negative) by it; in
 *     (0, 100], 1 = none
 * @param stopStrings generation ends before the first of these that appears in the answer; none is empty
 * @param minNewTokens end tokens are ruled out until this many tokens are generated; {@code maxNewTokens} goes first
 * @param minP keep tokens at least this times as likely as the likeliest; in [0, 1], 0 = all
 * @param typicalP keep the tokens of most typical surprise whose probability reaches this (Meister et al. 2023); in
 *     (0, 1], 1 = all. Greedy decoding ignores it.
 * @param epsilonCutoff keep tokens at least this likely (Hewitt et al. 2022), the likeliest in any case; in [0, 1), 0 =
 *     all
 * @param presencePenalty taken from the logit of each token already generated; in [-2, 2], 0 = none
 * @param frequencyPenalty taken from the logit of a token once for each time it was generated; in [-2, 2], 0 = none
 * @param noRepeatNgramSize no run of this many tokens, prompt included, comes twice; 0 = off
 * @param badWords texts that are never generated in the tokens by which the tokenizer spells them; at most {@link
 *     #MAX_BAD_WORDS}, none blank
 */
public record DecodingParameters(
        int maxNewTokens,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty,
        List<String> stopStrings,
        int minNewTokens,
        double minP,
        double typicalP,
        double epsilonCutoff,
        double presencePenalty,
        double frequencyPenalty,
        int noRepeatNgramSize,
        List<String> badWords) {

    public static final int DEFAULT_MAX_NEW_TOKENS = 64;

    /** Every step of every sequence that has bad words looks at all of them. */
    public static final int MAX_BAD_WORDS = 1024;

    /** Plain sampling: temperature 1, top-p 0.9, as the field's evaluations do. */
    public static final DecodingParameters DEFAULT =
            new DecodingParameters(DEFAULT_MAX_NEW_TOKENS, 1.0, 0, 0.9, 1.0, List.of());

    public DecodingParameters {
        stopStrings = List.copyOf(stopStrings);
        badWords = List.copyOf(badWords);
        require(maxNewTokens >= 1, "max_new_tokens must be at least 1, not " + maxNewTokens);
        require(temperature >= 0 && temperature <= 100, "temperature must be in [0, 100], not " + temperature);
        require(topK >= 0, "top_k must be 0 (off) or more, not " + topK);
        require(topP > 0 && topP <= 1, "top_p must be in (0, 1], not " + topP);
        require(
                repetitionPenalty > 0 && repetitionPenalty <= 100,
                "repetition_penalty must be in (0, 100], not " + repetitionPenalty);
        require(stopStrings.stream().noneMatch(String::isEmpty), "a stop string must not be empty");
        require(minNewTokens >= 0, "min_new_tokens must be at least 0, not " + minNewTokens);
        require(minP >= 0 && minP <= 1, "min_p must be in [0, 1], not " + minP);
        require(typicalP > 0 && typicalP <= 1, "typical_p must be in (0, 1], not " + typicalP);
        require(epsilonCutoff >= 0 && epsilonCutoff < 1, "epsilon_cutoff must be in [0, 1), not " + epsilonCutoff);
        require(Math.abs(presencePenalty) <= 2, "presence_penalty must be in [-2, 2], not " + presencePenalty);
        require(Math.abs(frequencyPenalty) <= 2, "frequency_penalty must be in [-2, 2], not " + frequencyPenalty);
        require(noRepeatNgramSize >= 0, "no_repeat_ngram_size must be 0 (off) or more, not " + noRepeatNgramSize);
        require(
                badWords.size() <= MAX_BAD_WORDS,
                "bad_words may have " + MAX_BAD_WORDS + " entries, not " + badWords.size());
        require(badWords.stream().noneMatch(String::isBlank), "a bad word must not be blank");
    }

    /** The rules that most requests need; the others are off. */
    public DecodingParameters(
            int maxNewTokens,
            double temperature,
            int topK,
            double topP,
            double repetitionPenalty,
            List<String> stopStrings) {
        this(maxNewTokens, temperature, topK, topP, repetitionPenalty, stopStrings, 0, 0, 1, 0, 0, 0, 0, List.of());
    }

    /** A builder that begins with these values. */
    public DecodingParametersBuilder with() {
        return new DecodingParametersBuilder(this);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
