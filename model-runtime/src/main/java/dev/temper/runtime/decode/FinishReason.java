package dev.temper.runtime.decode;

/** Why generation ended. */
public enum FinishReason {
    /** The model produced an end-of-sequence token. */
    END_OF_SEQUENCE,
    /** The most new tokens were reached, or the model's context was full. */
    LENGTH,
    /** A stop string appeared. */
    STOP_STRING
}
