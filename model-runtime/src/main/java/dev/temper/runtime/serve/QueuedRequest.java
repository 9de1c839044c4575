package dev.temper.runtime.serve;

import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An accepted request and who wants its outcome. Gives exactly one outcome, whoever tries to give more. Thread-safe. */
final class QueuedRequest {
    private static final Logger LOG = LoggerFactory.getLogger(QueuedRequest.class);

    private final GenerationRequest request;
    private final Consumer<GenerationOutcome> onOutcome;
    private final long number;
    private final long offeredNanos;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean cancelled;
    private int setbacks; // of the engine's thread
    private boolean alone; // of the engine's thread

    /**
     * @param number counts up in the order of arrival
     * @param offeredNanos when it came, {@link System#nanoTime()}
     */
    QueuedRequest(GenerationRequest request, Consumer<GenerationOutcome> onOutcome, long number, long offeredNanos) {
        this.request = request;
        this.onOutcome = onOutcome;
        this.number = number;
        this.offeredNanos = offeredNanos;
    }

    GenerationRequest request() {
        return request;
    }

    long number() {
        return number;
    }

    long offeredNanos() {
        return offeredNanos;
    }

    /** The engine's thread fails it when it next looks. */
    void cancel() {
        cancelled = true;
    }

    /** Why nobody wants the answer any more, if so. */
    @Nullable
    Failed givenUp(long nowNanos) {
        if (cancelled) {
            return failed(Reason.CANCELLED, "the request was cancelled");
        }
        if (request.timeLimit() != null
                && nowNanos - offeredNanos >= request.timeLimit().toNanos()) {
            return failed(
                    Reason.DEADLINE_EXCEEDED,
                    "there was no answer within " + request.timeLimit().toMillis()
                            + " ms; allow more time, ask for fewer tokens, or send less at once");
        }
        return null;
    }

    /** Counts that the device failed while it worked on this; returns how often it did. */
    int setBack() {
        return ++setbacks;
    }

    /** From here on its prompt is read by itself: what others had read of it may have spoilt it. */
    void readAlone() {
        alone = true;
    }

    boolean alone() {
        return alone;
    }

    /** Hands the outcome over. A consumer that throws must not take the engine's other requests with it. */
    void complete(GenerationOutcome outcome) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        try {
            onOutcome.accept(outcome);
        } catch (RuntimeException e) {
            LOG.error("The consumer of request {} failed", request.id(), e);
        }
    }

    void fail(Reason reason, String detail) {
        complete(failed(reason, detail));
    }

    Failed failed(Reason reason, String detail) {
        return new Failed(request.id(), reason, detail);
    }
}
