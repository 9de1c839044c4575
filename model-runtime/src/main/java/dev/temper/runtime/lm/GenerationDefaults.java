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
 */
public record GenerationDefaults(
        OptionalInt bosId,
        List<Integer> eosIds,
        OptionalInt padId,
        boolean doSample,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty) {
    public GenerationDefaults {
        eosIds = List.copyOf(eosIds);
        require(temperature > 0 && temperature <= 100, "temperature must be in (0, 100], not " + temperature);
        require(topK >= 0, "top_k must be at least 0, not " + topK);
        require(topP > 0 && topP <= 1, "top_p must be in (0, 1], not " + topP);
        require(
                repetitionPenalty > 0 && repetitionPenalty <= 100,
                "repetition_penalty must be in (0, 100], not " + repetitionPenalty);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
