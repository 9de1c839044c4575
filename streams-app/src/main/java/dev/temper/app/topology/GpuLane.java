package dev.temper.app.topology;

import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One task's way to the engine and back. Owned by the task's processor; only its stream thread calls it. Engine threads
 * touch nothing here but the queue of outcomes, and after {@link #close()} not even that.
 */
final class GpuLane implements AutoCloseable {

    /** What became of one prompt's request. */
    record Arrival(long offset, GenerationOutcome outcome) {}

    private final GenerationEngine engine;
    private final ConcurrentLinkedQueue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    GpuLane(GenerationEngine engine) {
        this.engine = engine;
    }

    /**
     * Offers a request.
     *
     * @return false when the engine's queue is full; then nothing was accepted
     */
    boolean offer(long offset, GenerationRequest request) {
        try {
            return engine.offer(request, outcome -> {
                if (!closed) {
                    arrivals.add(new Arrival(offset, outcome));
                }
            });
        } catch (IllegalStateException e) {
            // Closed beneath us: the same to a prompt as an engine that closes while it works on it.
            arrivals.add(new Arrival(
                    offset, new GenerationOutcome.Failed(request.id(), Reason.ENGINE_CLOSED, "the engine is closed")));
            return true;
        }
    }

    /** The next outcome, if there is one already. */
    @Nullable
    Arrival poll() {
        return arrivals.poll();
    }

    /** Outcomes of what is still with the engine are dropped from here on: another owner of the inbox asks again. */
    @Override
    public void close() {
        closed = true;
        arrivals.clear();
    }
}
