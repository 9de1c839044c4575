package dev.temper.training.evaluate;

import java.util.List;

/**
 * One answer. {@link #toString()} shows no text.
 *
 * @param tokenIds the generated tokens in the system's own vocabulary, the end token included when there was one
 * @param klSum sum over the tokens of KL(p* ‖ p), the system's distribution against its unsteered model's, in nats
 * @param candidates candidate tokens that were looked at, over all tokens; 0 without guidance
 * @param truncatedNuclei tokens whose nucleus was cut to the most candidates
 */
public record Answer(String text, List<Integer> tokenIds, double klSum, long candidates, int truncatedNuclei) {
    public Answer {
        tokenIds = List.copyOf(tokenIds);
    }

    @Override
    public String toString() {
        return "Answer[" + tokenIds.size() + " tokens]";
    }
}
