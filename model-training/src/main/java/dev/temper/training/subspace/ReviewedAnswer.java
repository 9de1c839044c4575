package dev.temper.training.subspace;

import dev.temper.runtime.text.Prompt;
import java.time.Instant;

/**
 * An answer that a reviewer gave a label. Prints neither prompt nor text.
 *
 * @param id of the flagged event
 * @param prompt what was answered
 * @param text the answer
 * @param toxic the label
 * @param decidedAt when it was given
 */
public record ReviewedAnswer(String id, Prompt prompt, String text, boolean toxic, Instant decidedAt) {
    @Override
    public String toString() {
        return "ReviewedAnswer[" + id + ", " + (toxic ? "toxic" : "not toxic") + "]";
    }
}
