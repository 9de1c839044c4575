package dev.temper.runtime.lm;

import java.util.List;
import java.util.OptionalInt;

/**
 * What {@code generation_config.json} recommends; where it is silent, what {@code config.json} says or the reference's
 * default.
 *
 * @param bosId begin-of-sequence token, if any
 * @param eosIds tokens that end generation
 * @param padId padding token, if any
 * @param doSample whether to sample; greedy otherwise
 * @param temperature divisor of the logits, above 0
 * @param topK most likely tokens kept; 0 = all
 * @param topP probability kept, in (0, 1]
 * @param repetitionPenalty penalty of tokens already seen; 1 = none
 * @param minP tokens at least this times as likely as the likeliest are kept, in [0, 1]; 0 = all
 * @param typicalP probability kept of the most typical tokens, in (0, 1]; 1 = all
 * @param epsilonCutoff tokens at least this likely are kept, in [0, 1); 0 = all
 * @param noRepeatNgramSize no run of this many tokens comes twice; 0 = off
 * @param badWordIds runs of tokens that are never completed, none empty
 * @param minLength end tokens are ruled out before prompt and answer have this many tokens
 * @param minNewTokens end tokens are ruled out before the answer has this many tokens
 */
public record GenerationDefaults(
        OptionalInt bosId,
        List<Integer> eosIds,
        OptionalInt padId,
        boolean doSample,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty,
        double minP,
        double typicalP,
        double epsilonCutoff,
        int noRepeatNgramSize,
        List<List<Integer>> badWordIds,
        int minLength,
        int minNewTokens) {
    public GenerationDefaults {
        eosIds = List.copyOf(eosIds);
        badWordIds = badWordIds.stream().map(List::copyOf).toList();
        require(temperature > 0 && temperature <= 100, "temperature must be in (0, 100], not " + temperature);
        require(topK >= 0, "top_k must be at least 0, not " + topK);
        require(topP > 0 && topP <= 1, "top_p must be in (0, 1], not " + topP);
        require(
                repetitionPenalty > 0 && repetitionPenalty <= 100,
                "repetition_penalty must be in (0, 100], not " + repetitionPenalty);
        require(minP >= 0 && minP <= 1, "min_p must be in [0, 1], not " + minP);
        require(typicalP > 0 && typicalP <= 1, "typical_p must be in (0, 1], not " + typicalP);
        require(epsilonCutoff >= 0 && epsilonCutoff < 1, "epsilon_cutoff must be in [0, 1), not " + epsilonCutoff);
        require(noRepeatNgramSize >= 0, "no_repeat_ngram_size must be at least 0, not " + noRepeatNgramSize);
        require(badWordIds.stream().noneMatch(List::isEmpty), "a list of bad_words_ids must not be empty");
        require(minLength >= 0, "min_length must be at least 0, not " + minLength);
        require(minNewTokens >= 0, "min_new_tokens must be at least 0, not " + minNewTokens);
    }

    /** What {@code generation_config.json} says, or what holds where it is silent. */
    static GenerationDefaults read(JsonSettings settings, ModelConfig config) {
        List<Integer> eosIds = settings.tokenIds("eos_token_id");
        try {
            return new GenerationDefaults(
                    or(settings.tokenId("bos_token_id"), config.bosId()),
                    eosIds.isEmpty() ? config.eosIds() : eosIds,
                    or(settings.tokenId("pad_token_id"), config.padId()),
                    settings.flag("do_sample", false),
                    settings.number("temperature", 1),
                    settings.integer("top_k", 50),
                    settings.number("top_p", 1),
                    settings.number("repetition_penalty", 1),
                    settings.number("min_p", 0),
                    settings.number("typical_p", 1),
                    settings.number("epsilon_cutoff", 0),
                    settings.integer("no_repeat_ngram_size", 0),
                    settings.tokenIdLists("bad_words_ids"),
                    settings.integer("min_length", 0),
                    settings.integer("min_new_tokens", 0));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(e);
        }
    }

    private static OptionalInt or(OptionalInt first, OptionalInt second) {
        return first.isPresent() ? first : second;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
