package dev.temper.app.topology;

/**
 * What the attempts of late say of the device.
 *
 * @param cause why it is believed to be gone, in a line without content; empty while it is not
 * @param failuresInARow attempts that failed since the device last answered
 * @param timesLost how often it was believed to be gone since the start
 */
public record DeviceHealth(State state, String cause, int failuresInARow, int timesLost) {

    /** Of the circuit breaker. */
    public enum State {
        /** The device answers. */
        CLOSED,
        /** The device is believed to be gone; nothing is taken in or offered. */
        OPEN,
        /** One attempt is finding out whether the device is back. */
        HALF_OPEN
    }

    /** Whether prompts are being answered. */
    public boolean isThere() {
        return state == State.CLOSED;
    }
}
