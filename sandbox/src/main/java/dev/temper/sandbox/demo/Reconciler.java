package dev.temper.sandbox.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Holds what came out against what went in. The events may come in any order, since topics are read side by side; only
 * {@link #tally()} judges. Not thread-safe.
 */
final class Reconciler {
    /** What is known of one prompt's place in the topic. */
    private static final class Account {
        private boolean sent;
        private int results;
        private int rejects;
        private int flaggedResults;
        private int flaggedEvents;

        private boolean settled() {
            return results + rejects > 0 && flaggedEvents >= flaggedResults;
        }

        private int lost() {
            return (sent && results + rejects == 0 ? 1 : 0) + (flaggedResults > 0 && flaggedEvents == 0 ? 1 : 0);
        }

        private int duplicates() {
            int owedOutcomes = sent ? 1 : 0;
            int owedEvents = sent && flaggedResults > 0 ? 1 : 0;
            return Math.max(0, results + rejects - owedOutcomes) + Math.max(0, flaggedEvents - owedEvents);
        }
    }

    private final Map<Coordinates, Account> accounts = new HashMap<>();
    private final Set<String> answeredIds = new HashSet<>();
    private final Map<Coordinates, String> answeredIdAt = new HashMap<>();
    private int repeatedIds;

    /** A prompt stands in the prompts topic. */
    void prompt(Coordinates at) {
        account(at).sent = true;
    }

    /**
     * A result came out.
     *
     * @param promptId the prompt's id, which no prompt at other coordinates may have been answered under
     */
    void result(Coordinates prompt, String promptId, boolean flagged) {
        Account account = account(prompt);
        account.results++;
        account.flaggedResults += flagged ? 1 : 0;
        // A repeat at the same coordinates is counted there already.
        boolean firstHere = answeredIdAt.putIfAbsent(prompt, promptId) == null;
        if (firstHere && !answeredIds.add(promptId)) {
            repeatedIds++;
        }
    }

    /** A flagged event came out. */
    void flagged(Coordinates prompt) {
        account(prompt).flaggedEvents++;
    }

    /** A reject came out. */
    void reject(Coordinates prompt) {
        account(prompt).rejects++;
    }

    /** How many prompts still wait for an outcome, or their flagged result for its event. */
    int unsettled() {
        return (int) accounts.values().stream()
                .filter(account -> account.sent && !account.settled())
                .count();
    }

    /** How many prompts have their outcome. */
    int settled() {
        return (int) accounts.values().stream()
                .filter(account -> account.sent && account.settled())
                .count();
    }

    /** The books as they stand. */
    Tally tally() {
        int prompts = 0;
        int results = 0;
        int flagged = 0;
        int rejects = 0;
        int duplicates = repeatedIds;
        int lost = 0;
        for (Account account : accounts.values()) {
            prompts += account.sent ? 1 : 0;
            results += account.results;
            flagged += account.flaggedEvents;
            rejects += account.rejects;
            duplicates += account.duplicates();
            lost += account.lost();
        }
        return new Tally(prompts, results, flagged, rejects, duplicates, lost);
    }

    private Account account(Coordinates at) {
        return accounts.computeIfAbsent(at, coordinates -> new Account());
    }
}
