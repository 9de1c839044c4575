package dev.temper.training.remote;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** When requests may begin: evenly spaced, and not while the service has asked for a pause. Thread-safe. */
final class RequestPace {
    private final long gapNanos;
    private final LongSupplier nanoTime;
    private long next; // earliest beginning of the next request

    /** @param nanoTime the clock: {@code System::nanoTime} */
    RequestPace(double requestsPerSecond, LongSupplier nanoTime) {
        this.gapNanos = (long) (TimeUnit.SECONDS.toNanos(1) / requestsPerSecond);
        this.nanoTime = nanoTime;
        this.next = nanoTime.getAsLong();
    }

    /** Waits for this request's turn. */
    void await() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, reserve() - nanoTime.getAsLong()));
    }

    /** This request's turn, by the clock. */
    synchronized long reserve() {
        long turn = later(next, nanoTime.getAsLong());
        next = turn + gapNanos;
        return turn;
    }

    /** No request begins within this time, whoever makes it. */
    synchronized void pause(long nanos) {
        next = later(next, nanoTime.getAsLong() + nanos);
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b; // nanoTime may overflow
    }
}
