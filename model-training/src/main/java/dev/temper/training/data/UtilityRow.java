package dev.temper.training.data;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A question with a known answer: how able a model is. {@link Object#toString()} shows no text. */
public sealed interface UtilityRow {

    /** Unique in its file. */
    String id();

    /**
     * A question and what may be answered.
     *
     * @param subject what it is about, if the file says so
     * @param part the part of the data that it belongs to, {@code dev} for one; if the file says so
     * @param choices at least two, none empty
     * @param answer index of the right one
     */
    record Question(
            String id, Optional<String> subject, Optional<String> part, String query, List<String> choices, int answer)
            implements UtilityRow {
        public Question {
            choices = List.copyOf(choices);
            Objects.checkIndex(answer, choices.size());
        }

        @Override
        public String toString() {
            return "Question[" + id + ", " + choices.size() + " choices]";
        }
    }

    /**
     * Beginnings that differ in what a word refers to, and one end for all of them (the form of Winograd schemas).
     *
     * @param contexts at least two, none empty
     * @param answer index of the right one
     */
    record Schema(String id, List<String> contexts, String continuation, int answer) implements UtilityRow {
        public Schema {
            contexts = List.copyOf(contexts);
            Objects.checkIndex(answer, contexts.size());
        }

        @Override
        public String toString() {
            return "Schema[" + id + ", " + contexts.size() + " contexts]";
        }
    }

    /** A passage, and the word that ends it (the form of LAMBADA). */
    record LastWord(String id, String context, String continuation) implements UtilityRow {
        @Override
        public String toString() {
            return "LastWord[" + id + "]";
        }
    }
}
