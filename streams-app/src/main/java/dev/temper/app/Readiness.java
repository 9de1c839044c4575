package dev.temper.app;

import dev.temper.app.topology.DeviceHealth;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Whether prompts are being answered, and if not, why not.
 *
 * @param cause in a line, free of content; empty where all is well
 */
public record Readiness(State state, String cause) {

    /** Only {@link #READY} is well. */
    public enum State {
        STARTING,
        READY,
        /** The device is believed to be gone; prompts wait. It may come back. */
        DEVICE_GONE,
        /** The cluster or the registry cannot be reached, or is not as it must be; prompts wait. It may come back. */
        CUT_OFF,
        STOPPING,
        /** It gave up or was closed, and does not come back. */
        ENDED
    }

    static Readiness of(KafkaStreams.State streams, DeviceHealth device, boolean stopping) {
        return switch (streams) {
            case ERROR, PENDING_ERROR -> new Readiness(State.ENDED, "the sidecar gave up; the log says why");
            case NOT_RUNNING -> new Readiness(State.ENDED, "the sidecar was closed");
            case PENDING_SHUTDOWN -> new Readiness(State.STOPPING, "the sidecar is being closed");
            case CREATED, REBALANCING ->
                stopping
                        ? new Readiness(State.STOPPING, "the sidecar is being closed")
                        : new Readiness(State.STARTING, "partitions are being assigned or restored");
            case RUNNING -> running(device, stopping);
        };
    }

    private static Readiness running(DeviceHealth device, boolean stopping) {
        if (stopping) {
            return new Readiness(State.STOPPING, "the sidecar is being closed");
        }
        return device.isThere()
                ? new Readiness(State.READY, "")
                : new Readiness(State.DEVICE_GONE, "the device does not answer: " + device.cause());
    }

    public boolean isReady() {
        return state == State.READY;
    }
}
