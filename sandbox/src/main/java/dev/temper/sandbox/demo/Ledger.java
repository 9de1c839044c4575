package dev.temper.sandbox.demo;

import dev.temper.sandbox.demo.Outcome.Asked;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the demo has read from the four topics: joins a prompt with its result and its flagged event, however
 * the topics interleave, hands complete outcomes to the view, and keeps the books. Texts are kept until the outcome is
 * complete. Thread-safe; the view is called by the thread that brings the last missing event.
 */
final class Ledger {
    /** What is known of a prompt whose outcome is not complete. */
    private static final class Open {
        private @Nullable Asked asked;
        private @Nullable Outcome outcome;
        private @Nullable String withheld;
    }

    private static final Duration HEALTH_CHECK = Duration.ofSeconds(1);

    private final OutcomeView view;
    private final Reconciler reconciler = new Reconciler();
    private final Map<Coordinates, Open> open = new HashMap<>();
    private final Set<String> sentIds = new HashSet<>();
    private boolean live;
    private long lastProgressNanos = System.nanoTime();

    Ledger(OutcomeView view) {
        this.view = view;
    }

    /** From now on complete outcomes are shown; those before are an earlier run's. */
    synchronized void goLive() {
        live = true;
        lastProgressNanos = System.nanoTime();
    }

    synchronized void prompt(Coordinates at, Asked asked) {
        reconciler.prompt(at);
        if (!asked.id().isEmpty()) {
            sentIds.add(asked.id());
        }
        open(at).asked = asked;
        completeIfWhole(at);
    }

    /** A result; the prompt inside it is replaced by the one that was read from the prompts topic. */
    synchronized void result(Coordinates prompt, Outcome.Answered answer) {
        reconciler.result(prompt, answer.asked().id(), answer.flagged());
        open(prompt).outcome = answer;
        completeIfWhole(prompt);
    }

    synchronized void flagged(Coordinates prompt, String answer) {
        reconciler.flagged(prompt);
        open(prompt).withheld = answer;
        completeIfWhole(prompt);
    }

    synchronized void reject(Coordinates prompt, Outcome.Rejected reject) {
        reconciler.reject(prompt);
        open(prompt).outcome = reject;
        completeIfWhole(prompt);
    }

    /** Whether a prompt with this id stands in the topic. */
    synchronized boolean wasSent(String id) {
        return sentIds.contains(id);
    }

    synchronized Tally tally() {
        return reconciler.tally();
    }

    /**
     * Waits until every one of these prompts was read back, and every prompt of the topic has its outcome.
     *
     * @param ids what was sent
     * @param patience longest time without any new event
     * @param healthy asked every second; false ends the wait
     * @return whether all is settled
     */
    synchronized boolean awaitSettled(Set<String> ids, Duration patience, BooleanSupplier healthy)
            throws InterruptedException {
        while (!(sentIds.containsAll(ids) && reconciler.unsettled() == 0)) {
            boolean stalled = System.nanoTime() - lastProgressNanos > patience.toNanos();
            if (stalled || !healthy.getAsBoolean()) {
                return false;
            }
            wait(HEALTH_CHECK.toMillis());
        }
        return true;
    }

    private Open open(Coordinates at) {
        return open.computeIfAbsent(at, coordinates -> new Open());
    }

    private void completeIfWhole(Coordinates at) {
        lastProgressNanos = System.nanoTime();
        Open entry = open(at);
        if (entry.asked == null || entry.outcome == null) {
            return;
        }
        Outcome whole = entry.outcome;
        if (whole instanceof Outcome.Answered answer) {
            if (answer.flagged() && entry.withheld == null) {
                return;
            }
            whole = joined(entry.asked, answer, entry.withheld);
        } else if (whole instanceof Outcome.Rejected reject) {
            whole = new Outcome.Rejected(entry.asked, reject.reason(), reject.detail());
        }
        open.remove(at);
        if (live) {
            view.outcome(whole);
        }
        notifyAll();
    }

    private static Outcome joined(Asked asked, Outcome.Answered answer, @Nullable String flaggedText) {
        return new Outcome.Answered(
                asked,
                answer.text(),
                answer.refused(),
                answer.flagged(),
                answer.refused() ? Optional.ofNullable(flaggedText) : Optional.empty(),
                answer.scores(),
                answer.severity(),
                answer.finishReason(),
                answer.outputTokens(),
                answer.seconds());
    }
}
