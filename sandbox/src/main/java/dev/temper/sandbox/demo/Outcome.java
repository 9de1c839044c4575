package dev.temper.sandbox.demo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What became of a prompt, as the demo shows it. {@link #toString()} never shows texts. */
sealed interface Outcome {

    /** The prompt. */
    Asked asked();

    /**
     * A prompt, as far as an outcome of it is shown.
     *
     * @param id the prompt's id; empty where its record could not be read
     * @param conversation the record's key; empty without one
     * @param text what the user said last
     */
    record Asked(String id, String conversation, String text) {
        @Override
        public String toString() {
            return "Asked[" + id + ", " + conversation + "]";
        }
    }

    /**
     * An answer.
     *
     * @param text what the result carries: the answer, or the refusal in its place
     * @param refused whether the text is a refusal
     * @param flagged whether a flagged event was raised besides
     * @param withheld what the model answered, where a refusal stands in its place
     * @param scores category to probability in [0, 1], in the scorer's order; empty without a scorer
     * @param severity 0, 2, 4 or 6
     * @param finishReason why generation ended
     * @param outputTokens tokens generated
     * @param seconds from the prompt's arrival at the sidecar to its outcome
     */
    record Answered(
            Asked asked,
            String text,
            boolean refused,
            boolean flagged,
            Optional<String> withheld,
            Map<String, Double> scores,
            int severity,
            String finishReason,
            int outputTokens,
            double seconds)
            implements Outcome {
        public Answered {
            scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        }

        /** The category with the highest score. */
        Optional<Map.Entry<String, Double>> worst() {
            return scores.entrySet().stream().max(Map.Entry.comparingByValue());
        }

        @Override
        public String toString() {
            return "Answered[" + asked + (flagged ? ", flagged" : "") + "]";
        }
    }

    /**
     * No answer.
     *
     * @param reason for machines
     * @param detail for people, free of the prompt's text
     */
    record Rejected(Asked asked, String reason, String detail) implements Outcome {
        @Override
        public String toString() {
            return "Rejected[" + asked + ", " + reason + "]";
        }
    }
}
