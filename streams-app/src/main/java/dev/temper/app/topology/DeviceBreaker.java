package dev.temper.app.topology;

import dev.temper.app.config.BreakerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker (Nygard, <em>Release It!</em>) between all tasks and the device. Thread-safe.
 *
 * <p>Closed, attempts pass. A few failures of the device in a row open it: nothing is taken in or offered, until a wait is
 * over. Then it is half open: one attempt, the probe, shall find out; when the device answers it the breaker closes, else
 * it opens again for twice as long.
 */
final class DeviceBreaker {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceBreaker.class);

    /** Whether an attempt may begin. */
    enum Leave {
        YES,
        /** It may, alone; it must end with {@link #answered}, {@link #failed} or {@link #undecided}. */
        PROBE,
        NO
    }

    private final BreakerConfig config;
    private DeviceHealth.State state = DeviceHealth.State.CLOSED;
    private String cause = "";
    private int failuresInARow;
    private int opened;
    private long waitMs;
    private long probeFromMs;

    DeviceBreaker(BreakerConfig config) {
        this.config = config;
        this.waitMs = config.openMs();
    }

    synchronized Leave ask(long nowMs) {
        return switch (state) {
            case CLOSED -> Leave.YES;
            case HALF_OPEN -> Leave.NO;
            case OPEN -> {
                if (nowMs < probeFromMs) {
                    yield Leave.NO;
                }
                state = DeviceHealth.State.HALF_OPEN;
                yield Leave.PROBE;
            }
        };
    }

    /** The device did what it was asked, be it well or badly: it is there. */
    synchronized void answered() {
        failuresInARow = 0;
        if (state != DeviceHealth.State.CLOSED) {
            LOG.info("the device answers again; intake goes on");
            state = DeviceHealth.State.CLOSED;
            cause = "";
            waitMs = config.openMs();
        }
    }

    /**
     * The device failed or did not answer in time.
     *
     * @param detail for people, free of content
     */
    synchronized void failed(boolean probe, long nowMs, String detail) {
        failuresInARow++;
        if (probe && state == DeviceHealth.State.HALF_OPEN) {
            waitMs = Math.min(config.maxOpenMs(), 2 * waitMs);
            open(nowMs, detail);
        } else if (state == DeviceHealth.State.CLOSED && failuresInARow >= config.failures()) {
            opened++;
            open(nowMs, detail);
            LOG.warn("the device failed {} times in a row; intake stops until it answers: {}", failuresInARow, detail);
        }
    }

    private void open(long nowMs, String detail) {
        state = DeviceHealth.State.OPEN;
        cause = detail;
        probeFromMs = nowMs + waitMs;
    }

    /** A probe ended without telling anything of the device: another may begin at once. */
    synchronized void undecided() {
        if (state == DeviceHealth.State.HALF_OPEN) {
            state = DeviceHealth.State.OPEN;
        }
    }

    /** Whether new prompts would only wait. When a probe is due they are welcome: there may be no other to probe with. */
    synchronized boolean stopsIntake(long nowMs) {
        return switch (state) {
            case CLOSED -> false;
            case HALF_OPEN -> true;
            case OPEN -> nowMs < probeFromMs;
        };
    }

    synchronized DeviceHealth health() {
        return new DeviceHealth(state, cause, failuresInARow, opened);
    }
}
