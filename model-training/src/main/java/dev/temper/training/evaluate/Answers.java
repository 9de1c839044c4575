package dev.temper.training.evaluate;

import java.util.List;

/**
 * Answers to some prompts.
 *
 * @param ofPrompts for each prompt the answers that came, in the order of the samples
 * @param failed for each prompt how many samples gave no answer
 */
public record Answers(List<List<Answer>> ofPrompts, List<Integer> failed) {
    public Answers {
        ofPrompts = List.copyOf(ofPrompts);
        failed = List.copyOf(failed);
        if (ofPrompts.size() != failed.size()) {
            throw new IllegalArgumentException(ofPrompts.size() + " prompts, but failures of " + failed.size());
        }
    }
}
