package dev.temper.tests.chaos;

import org.jspecify.annotations.Nullable;

/**
 * A committed record on one of the output topics.
 *
 * @param at where it stands
 * @param source the prompt that it names
 * @param eventId the event's id
 * @param headerId the id in the record's CloudEvents header; a reject's is the event's
 * @param text an answer's text
 * @param flagged whether a result says so
 * @param refusal whether a result's text is the refusal
 * @param reason why it was rejected
 * @param original bytes that a reject gives back
 * @param nanos when the reader had it, {@link System#nanoTime()}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content, in one place
record Seen(
        Kind kind,
        Place at,
        Place source,
        String key,
        String eventId,
        String headerId,
        String text,
        boolean flagged,
        boolean refusal,
        String reason,
        byte @Nullable [] original,
        long nanos) {

    enum Kind {
        RESULT,
        REJECT,
        FLAGGED
    }

    /** Whether it ends its prompt's way. */
    boolean isOutcome() {
        return kind != Kind.FLAGGED;
    }
}
