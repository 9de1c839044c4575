package dev.temper.app.topology;

import org.jspecify.annotations.Nullable;

/**
 * The value of a record that leaves, serialised, and which way it goes.
 *
 * @param value bytes for the topic; absent only where a prompt without a value is rejected
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes, compared by nobody
record Output(Way way, byte @Nullable [] value) {

    /** The topics that outputs go to. */
    enum Way {
        RESULTS,
        FLAGGED,
        REJECTS
    }

    @Override
    public String toString() {
        return "Output[" + way + ", " + (value == null ? 0 : value.length) + " bytes]";
    }
}
