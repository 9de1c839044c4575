package dev.temper.app.topology;

import dev.temper.app.observe.PromptWatch;
import dev.temper.schemas.event.RequestedParameters;
import org.jspecify.annotations.Nullable;

/**
 * A prompt on its way, as its task's stream thread knows it; nobody else touches it.
 *
 * <p>Its life: <em>waiting</em> behind its conversation's earlier prompts; <em>read</em>, which turns its bytes into a
 * request or a rejection; <em>with the engine</em>, perhaps several times; <em>settled</em>, when its outcome is known;
 * and gone, when its outputs have been forwarded. Only the inbox entry is durable, with its counters of failed attempts
 * and of rewrites: after a crash life begins anew, with what was counted before.
 */
final class PendingPrompt {
    private final PromptWatch watch;
    private InboxEntry entry;
    private PromptReading.@Nullable Accepted request;
    private @Nullable Settlement settlement;
    private int asked;
    private int failedProbes;
    private int registryFailures;
    private long notBeforeMs;
    private long deadlineMs;

    /** Makes a settled prompt's outputs. May fail for want of the registry, and is then asked again. */
    interface Settlement {
        Departure outputs();
    }

    /** @param patienceMs from its first arrival until it is rejected; 0 is for ever */
    PendingPrompt(InboxEntry entry, long patienceMs, PromptWatch watch) {
        this.entry = entry;
        this.watch = watch;
        this.deadlineMs = patienceMs == 0 ? Long.MAX_VALUE : fromArrival(patienceMs);
        this.asked = entry.attempts() + entry.rewrites();
    }

    InboxEntry entry() {
        return entry;
    }

    /** To be told what happens to it. */
    PromptWatch watch() {
        return watch;
    }

    /** What was counted; the caller puts the entry into the inbox besides. */
    void counted(InboxEntry counted) {
        entry = counted;
    }

    long offset() {
        return entry.origin().offset();
    }

    PromptReading.@Nullable Accepted request() {
        return request;
    }

    void accepted(PromptReading.Accepted request) {
        this.request = request;
        registryFailures = 0;
        RequestedParameters asked = request.event().getParameters();
        if (asked != null && asked.getDeadlineMs() != null) {
            deadlineMs = Math.min(deadlineMs, fromArrival(asked.getDeadlineMs()));
        }
    }

    private long fromArrival(long patienceMs) {
        return entry.arrivedMs() + Math.min(patienceMs, Long.MAX_VALUE - entry.arrivedMs());
    }

    /** Whether it could be offered to the engine now. */
    boolean isReady() {
        return request != null && settlement == null;
    }

    /** When its answer is of no use any more, milliseconds since the epoch; {@link Long#MAX_VALUE} where it is always. */
    long deadlineMs() {
        return deadlineMs;
    }

    @Nullable
    Settlement settlement() {
        return settlement;
    }

    void settle(Settlement outcome) {
        settlement = outcome;
        notBeforeMs = 0;
    }

    /** How often the engine was asked: failed attempts, answers written anew, and the one that is under way. */
    int asked() {
        return asked;
    }

    void ask() {
        asked++;
    }

    /** An attempt that does not count, neither for nor against the prompt. */
    void excuse() {
        asked--;
    }

    void probeFailed() {
        failedProbes++;
    }

    /** Failed attempts, with those that only found out that the device was gone, since this life began. */
    int failures() {
        return entry.attempts() + failedProbes;
    }

    /** One more failure to reach the registry; how many there were in a row. */
    int registryFailed() {
        return ++registryFailures;
    }

    boolean isDue(long nowMs) {
        return nowMs >= notBeforeMs || isReady() && nowMs >= deadlineMs;
    }

    void postpone(long untilMs) {
        notBeforeMs = untilMs;
    }

    @Override
    public String toString() {
        return "prompt " + entry.origin();
    }
}
