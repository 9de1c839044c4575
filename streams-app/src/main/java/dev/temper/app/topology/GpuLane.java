package dev.temper.app.topology;

import dev.temper.app.config.LimitsConfig;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's way to the engine and back. Owned by the task's flow; only its stream thread calls it. Engine threads touch
 * nothing here but the queue of outcomes, and after {@link #close()} not even that.
 *
 * <p>Every attempt has a number of its own and ends once: with the engine's outcome, or, when the engine gives none in
 * time, as a failure of the device; what the engine says of it afterwards is dropped.
 */
final class GpuLane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GpuLane.class);

    /** How long an engine that keeps time limits itself may be late. */
    private static final long GRACE_MS = 2_000;

    /**
     * What became of one prompt's attempt.
     *
     * @param offeredMs when it was offered, in the clock of {@link #offer}
     * @param seconds from then until its outcome
     * @param probe whether it was made to find out whether the device is there
     */
    record Arrival(long offset, GenerationOutcome outcome, long offeredMs, double seconds, boolean probe) {}

    private record Attempt(
            long number, String requestId, long offeredMs, long offeredNanos, long giveUpMs, boolean probe) {
        Arrival ended(long offset, GenerationOutcome outcome, long nanos) {
            return new Arrival(offset, outcome, offeredMs, (nanos - offeredNanos) / 1e9, probe);
        }
    }

    /** @param nanos when the engine said so, by {@link System#nanoTime} */
    private record Message(long offset, long number, GenerationOutcome outcome, long nanos) {}

    private final GenerationEngine engine;
    private final DeviceBreaker breaker;
    private final LimitsConfig limits;
    private final Queue<Message> messages = new ConcurrentLinkedQueue<>();
    private final Map<Long, Attempt> open = new HashMap<>(); // by offset
    private long attempts;
    private long givenUp;
    private volatile boolean closed;

    GpuLane(GenerationEngine engine, DeviceBreaker breaker, LimitsConfig limits) {
        this.engine = engine;
        this.breaker = breaker;
        this.limits = limits;
    }

    /**
     * Offers a request.
     *
     * @param deadlineMs when its answer is of no use any more, in the clock of {@code nowMs}; {@link Long#MAX_VALUE}
     *     where it is always
     * @return false when the engine's queue is full or the device is believed to be gone; then nothing was accepted
     */
    boolean offer(long offset, GenerationRequest request, long nowMs, long deadlineMs) {
        DeviceBreaker.Leave leave = breaker.ask(nowMs);
        if (leave == DeviceBreaker.Leave.NO) {
            return false;
        }
        boolean probe = leave == DeviceBreaker.Leave.PROBE;
        long number = ++attempts;
        // An engine that hangs may hold the earlier attempt still, and knows requests by their ids.
        String id = givenUp == 0 ? request.id() : request.id() + "#" + number;
        long giveUpMs = nowMs + limits.attemptTimeoutMs();
        Duration timeLimit = null;
        if (deadlineMs < Long.MAX_VALUE) {
            timeLimit = Duration.ofMillis(Math.max(1, deadlineMs - nowMs));
            giveUpMs = Math.min(giveUpMs, deadlineMs + GRACE_MS);
        }
        long offeredNanos = System.nanoTime();
        if (!handOver(offset, number, attempt(request, id, timeLimit))) {
            if (probe) {
                breaker.undecided();
            }
            return false;
        }
        open.put(offset, new Attempt(number, id, nowMs, offeredNanos, giveUpMs, probe));
        return true;
    }

    private boolean handOver(long offset, long number, GenerationRequest request) {
        try {
            return engine.offer(request, outcome -> deliver(offset, number, outcome));
        } catch (IllegalStateException e) {
            // Closed beneath us: the same to a prompt as an engine that closes while it works on it.
            deliver(offset, number, new Failed(request.id(), Reason.ENGINE_CLOSED, "the engine is closed"));
            return true;
        }
    }

    private void deliver(long offset, long number, GenerationOutcome outcome) {
        if (!closed) {
            messages.add(new Message(offset, number, outcome, System.nanoTime()));
        }
    }

    private static GenerationRequest attempt(GenerationRequest request, String id, @Nullable Duration timeLimit) {
        return new GenerationRequest(
                id,
                request.prompt(),
                request.decoding(),
                request.guidance(),
                request.seed(),
                request.overflow(),
                timeLimit);
    }

    /** The next attempt that has ended, if there is one. */
    @Nullable
    Arrival poll(long nowMs) {
        for (Message message = messages.poll(); message != null; message = messages.poll()) {
            Attempt attempt = open.get(message.offset());
            if (attempt != null && attempt.number() == message.number()) {
                open.remove(message.offset());
                tellBreaker(attempt, message.outcome(), nowMs);
                return attempt.ended(message.offset(), message.outcome(), message.nanos());
            }
            if (message.outcome() instanceof Completed) {
                breaker.answered();
            }
            LOG.info(
                    "an outcome of {} came too late or twice, and is dropped",
                    message.outcome().requestId());
        }
        return nextGivenUp(nowMs);
    }

    private void tellBreaker(Attempt attempt, GenerationOutcome outcome, long nowMs) {
        Reason reason = outcome instanceof Failed failed ? failed.reason() : null;
        if (reason == null || reason == Reason.NON_FINITE_LOGITS) {
            breaker.answered();
        } else if (outcome instanceof Failed failed && reason == Reason.DEVICE_ERROR) {
            breaker.failed(attempt.probe(), nowMs, failed.detail());
        } else if (attempt.probe()) {
            breaker.undecided();
        }
    }

    private @Nullable Arrival nextGivenUp(long nowMs) {
        for (Iterator<Map.Entry<Long, Attempt>> each = open.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Long, Attempt> next = each.next();
            Attempt attempt = next.getValue();
            if (nowMs >= attempt.giveUpMs()) {
                each.remove();
                givenUp++;
                engine.cancel(attempt.requestId());
                String detail = "the engine gave no outcome in time; look after the device, or raise"
                        + " limits.attempt_timeout_ms (" + limits.attemptTimeoutMs() + ")";
                breaker.failed(attempt.probe(), nowMs, detail);
                return attempt.ended(
                        next.getKey(), new Failed(attempt.requestId(), Reason.DEVICE_ERROR, detail), System.nanoTime());
            }
        }
        return null;
    }

    /** Outcomes of what is still with the engine are dropped from here on: another owner of the inbox asks again. */
    @Override
    public void close() {
        closed = true;
        messages.clear();
        open.values().forEach(attempt -> {
            engine.cancel(attempt.requestId());
            if (attempt.probe()) {
                breaker.undecided();
            }
        });
        open.clear();
    }
}
