package dev.temper.tests.chaos;

/**
 * A record on the prompts topic.
 *
 * @param prompt the text that the engine is asked; empty in a record that is no prompt
 * @param value the record's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content, in one place
record Sent(Place place, String key, String prompt, byte[] value, Due due) {

    /** What it must lead to. */
    enum Due {
        ANSWER,
        REJECT,
        /** The engine is at fault: one or the other. */
        EITHER
    }
}
