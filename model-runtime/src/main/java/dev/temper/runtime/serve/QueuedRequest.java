package dev.temper.runtime.serve;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request, who wants its outcome, and when it came ({@link System#nanoTime()}). */
record QueuedRequest(GenerationRequest request, Consumer<GenerationOutcome> onOutcome, long offeredNanos) {
    private static final Logger LOG = LoggerFactory.getLogger(QueuedRequest.class);

    /** Hands the outcome over. A consumer that throws must not take the engine's other requests with it. */
    void complete(GenerationOutcome outcome) {
        try {
            onOutcome.accept(outcome);
        } catch (RuntimeException e) {
            LOG.error("The consumer of request {} failed", request.id(), e);
        }
    }

    void fail(GenerationOutcome.Reason reason, String detail) {
        complete(new GenerationOutcome.Failed(request.id(), reason, detail));
    }
}
