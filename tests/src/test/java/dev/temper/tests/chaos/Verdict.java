package dev.temper.tests.chaos;

import dev.temper.tests.chaos.Seen.Kind;
import dev.temper.tests.chaos.Sent.Due;
import dev.temper.tests.stream.PacedEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a read-committed consumer may say about a run.
 *
 * @param lost prompts without an outcome, and flagged results without their flagged event
 * @param duplicated outcomes of a prompt beyond its first, and flagged events beyond the first
 * @param duplicatedForDeduplicating the same, for a consumer that drops events whose id it knows
 * @param outOfOrder records that stand after a later prompt's of the same conversation, in one topic
 * @param wrong what else is not as the contract says, one line each
 */
record Verdict(int lost, int duplicated, int duplicatedForDeduplicating, int outOfOrder, List<String> wrong) {

    static Verdict of(Ledger ledger) {
        Map<Place, Sent> sent = ledger.allSent();
        List<Seen> seen = ledger.allSeen();
        Set<String> ids = new HashSet<>();
        List<Seen> deduplicated =
                seen.stream().filter(record -> ids.add(record.eventId())).toList();
        return new Verdict(
                lost(sent, seen),
                duplicated(seen),
                duplicated(deduplicated),
                outOfOrder(seen),
                seen.stream().flatMap(record -> wrong(sent, record).stream()).toList());
    }

    private static int lost(Map<Place, Sent> sent, List<Seen> seen) {
        Set<Place> unanswered = new HashSet<>(sent.keySet());
        Set<Place> unflagged = new HashSet<>();
        seen.stream().filter(Seen::flagged).forEach(record -> unflagged.add(record.source()));
        for (Seen record : seen) {
            (record.isOutcome() ? unanswered : unflagged).remove(record.source());
        }
        return unanswered.size() + unflagged.size();
    }

    private static int duplicated(List<Seen> seen) {
        Set<Place> outcomes = new HashSet<>();
        Set<Place> flags = new HashSet<>();
        return (int) seen.stream()
                .filter(record -> !(record.isOutcome() ? outcomes : flags).add(record.source()))
                .count();
    }

    private static int outOfOrder(List<Seen> seen) {
        List<Seen> asTheyStand = new ArrayList<>(seen);
        asTheyStand.sort(Comparator.comparing((Seen record) -> record.at().topic())
                .thenComparing(record -> record.at().partition())
                .thenComparing(record -> record.at().offset()));
        Map<String, Long> latest = new HashMap<>();
        int inversions = 0;
        for (Seen record : asTheyStand) {
            String lane = record.at().topic() + " " + record.key();
            long before = latest.getOrDefault(lane, -1L);
            if (record.source().offset() < before) {
                inversions++;
            }
            latest.put(lane, Math.max(before, record.source().offset()));
        }
        return inversions;
    }

    private static List<String> wrong(Map<Place, Sent> sent, Seen record) {
        List<String> wrong = new ArrayList<>();
        Sent prompt = sent.get(record.source());
        if (prompt == null) {
            return List.of("a " + record.kind() + " for " + record.source() + ", where nothing was sent");
        }
        check(wrong, record, record.key().equals(prompt.key()), "has another key");
        check(wrong, record, record.eventId().equals(record.headerId()), "has another id in its header");
        String derived = prompt.place().eventId(record.kind().name());
        check(wrong, record, record.eventId().equals(derived), "has an id that does not follow from its source");
        if (record.kind() == Kind.REJECT) {
            check(wrong, record, prompt.due() != Due.ANSWER, "rejects a good prompt: " + record.reason());
            check(wrong, record, Arrays.equals(prompt.value(), record.original()), "holds other bytes");
            check(wrong, record, !record.reason().isEmpty(), "gives no reason");
            return wrong;
        }
        check(wrong, record, prompt.due() != Due.REJECT, "answers what is no prompt");
        long seed = prompt.place().seed();
        String answer = PacedEngine.textOf(prompt.prompt(), seed);
        boolean toxic = PacedEngine.isToxic(seed);
        if (record.kind() == Kind.RESULT) {
            check(wrong, record, record.flagged() == toxic && record.refusal() == toxic, "is flagged or not, wrongly");
            check(wrong, record, toxic != record.text().equals(answer), "has another text");
        } else {
            check(wrong, record, toxic, "is flagged wrongly");
            check(wrong, record, record.text().equals(answer), "has another text");
        }
        return wrong;
    }

    private static void check(List<String> wrong, Seen record, boolean holds, String otherwise) {
        if (!holds) {
            wrong.add("the " + record.kind() + " of " + record.source() + " " + otherwise);
        }
    }

    /** Whether the promise was kept. */
    boolean clean() {
        return lost == 0 && duplicated == 0 && duplicatedForDeduplicating == 0 && outOfOrder == 0 && wrong.isEmpty();
    }
}
