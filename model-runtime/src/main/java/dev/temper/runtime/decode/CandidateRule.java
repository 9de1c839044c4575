package dev.temper.runtime.decode;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * What re-weights the candidates of the next token, as TorchScript text and its tensors. The decoding loop is given a
 * rule and does not know what it means.
 *
 * <p>The text defines {@code measure(h [R, hidden], rule) -> [R, measures]} over the candidates' states, and
 * {@code reweigh(log_p [S, width], measures [S, width, measures], real [S, width], settings [S, columns]) -> log q}.
 *
 * @param text resource with the two functions
 * @param tensors what the text is given as {@code rule}; owned by the maker of the rule, must outlive the decoder
 * @param measures numbers measured for each candidate
 * @param settingsColumns numbers that each sequence sets for itself
 */
public record CandidateRule(String text, List<NDArray> tensors, int measures, int settingsColumns) {
    public CandidateRule {
        tensors = List.copyOf(tensors);
    }
}
