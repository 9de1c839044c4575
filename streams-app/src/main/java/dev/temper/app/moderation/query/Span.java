package dev.temper.app.moderation.query;

import dev.temper.app.moderation.store.PageTopology;
import java.time.Duration;

/**
 * A stretch of time in steps.
 *
 * @param from epoch milliseconds of the first step
 * @param to of the end, excluded
 * @param stepMs a whole number of the windows that it is read from
 */
public record Span(long from, long to, long stepMs) {
    /** A chart shows no more of them. */
    static final int MOST_STEPS = 180;

    private static final long[] NICE_SECONDS = {10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200};

    public Span {
        if (stepMs < PageTopology.FINE_STEP.toMillis()
                || stepMs % PageTopology.FINE_STEP.toMillis() != 0
                || from < 0
                || from % stepMs != 0
                || to <= from
                || (to - from) / stepMs > 2 * MOST_STEPS) {
            throw new IllegalArgumentException("no stretch of time: " + from + " to " + to + " by " + stepMs);
        }
    }

    /** The last so many minutes, the step that runs now included. */
    public static Span last(int minutes, long nowMs) {
        long length = Duration.ofMinutes(minutes).toMillis();
        long step = NICE_SECONDS[NICE_SECONDS.length - 1] * 1000;
        for (long seconds : NICE_SECONDS) {
            boolean stored = length <= PageTopology.FINE_RETENTION.toMillis()
                    || seconds % PageTopology.COARSE_STEP.toSeconds() == 0;
            if (stored && length <= MOST_STEPS * seconds * 1000) {
                step = seconds * 1000;
                break;
            }
        }
        step = Math.max(step, length / MOST_STEPS / step * step);
        long to = nowMs - nowMs % step + step;
        long steps = Math.max(1, (length + step - 1) / step);
        return new Span(Math.max(0, to - steps * step), to, step);
    }

    /** Fine windows are kept for a short while only. */
    String store() {
        return to - from <= PageTopology.FINE_RETENTION.toMillis() && stepMs % PageTopology.COARSE_STEP.toMillis() != 0
                ? PageTopology.FINE
                : PageTopology.COARSE;
    }

    long stepOf(long time) {
        return time - Math.floorMod(time - from, stepMs);
    }
}
