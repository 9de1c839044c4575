package dev.temper.tests.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What was sent, what came of it, and when something was done to those between. Thread-safe. */
final class Ledger {
    private final Map<Place, Sent> sent = new HashMap<>();
    private final Map<Integer, Long> sentUpTo = new HashMap<>();
    private final List<Seen> seen = new ArrayList<>();
    private final Set<Place> answered = new HashSet<>();
    private final List<Fault> faults = new ArrayList<>();

    /** A moment of harm. It is over when every partition has answered a prompt that was sent after it. */
    final class Fault {
        private final long nanos = System.nanoTime();
        /** Partitions that have not, with the last offset that had been sent to them. */
        private final Map<Integer, Long> waiting = new HashMap<>(sentUpTo);

        private double seconds;

        private void seen(Seen record) {
            Place source = record.source();
            boolean recovers = waiting.getOrDefault(source.partition(), Long.MAX_VALUE) < source.offset();
            if (recovers && waiting.remove(source.partition()) != null && waiting.isEmpty()) {
                seconds = (record.nanos() - nanos) / 1e9;
            }
        }

        boolean isOver() {
            synchronized (Ledger.this) {
                return waiting.isEmpty();
            }
        }
    }

    synchronized void sent(Sent prompt) {
        sent.put(prompt.place(), prompt);
        sentUpTo.merge(prompt.place().partition(), prompt.place().offset(), Math::max);
    }

    synchronized void seen(Seen record) {
        seen.add(record);
        if (record.isOutcome()) {
            answered.add(record.source());
            faults.forEach(fault -> fault.seen(record));
        }
    }

    /** Notes that harm is done now. */
    synchronized Fault fault() {
        Fault fault = new Fault();
        faults.add(fault);
        return fault;
    }

    /** Of each partition: how far it was sent to, how many of it wait, and from where on. */
    synchronized String standing() {
        return sentUpTo.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(last -> {
                    LongSummaryStatistics waiting = sent.keySet().stream()
                            .filter(place -> place.partition() == last.getKey() && !answered.contains(place))
                            .mapToLong(Place::offset)
                            .summaryStatistics();
                    return "partition " + last.getKey() + " sent to " + last.getValue() + ", "
                            + waiting.getCount() + " unanswered"
                            + (waiting.getCount() == 0 ? "" : " from " + waiting.getMin());
                })
                .collect(Collectors.joining("; "));
    }

    synchronized int faultCount() {
        return faults.size();
    }

    /** Of the faults that are over, how long each lasted; a last one, after which nothing was sent, is left out. */
    synchronized List<Double> recoverySeconds() {
        return faults.stream()
                .filter(fault -> fault.waiting.isEmpty())
                .map(fault -> fault.seconds)
                .toList();
    }

    synchronized int sentCount() {
        return sent.size();
    }

    synchronized int answeredCount() {
        return answered.size();
    }

    synchronized boolean allAnswered() {
        return answered.containsAll(sent.keySet());
    }

    synchronized Map<Place, Sent> allSent() {
        return Map.copyOf(sent);
    }

    synchronized List<Seen> allSeen() {
        return List.copyOf(seen);
    }
}
