package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.query.Cluster.Gathered;
import dev.temper.app.moderation.store.Counts;
import dev.temper.app.moderation.store.Position;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** What the page asks, with what the instances ask each other for it. Thread-safe. */
public final class Questions {
    /** Of one page of the queue. */
    static final int MOST_ITEMS = 200;

    private static final Set<String> QUEUE_PARAMETERS =
            Set.of("state", "tenant", "category", "action", "min_severity", "q", "limit", "before");

    private static final int USUAL_ITEMS = 50;
    private static final int USUAL_MINUTES = 60;

    private final Cluster cluster;
    private final Memory memory;
    private final int mostMinutes;
    private final LongSupplier clock;

    /**
     * Questions to a cluster.
     *
     * @param mostMinutes how far back its memory goes
     * @param clock epoch milliseconds
     */
    public Questions(Cluster cluster, Memory memory, int mostMinutes, LongSupplier clock) {
        this.cluster = cluster;
        this.memory = memory;
        this.mostMinutes = mostMinutes;
        this.clock = clock;
    }

    /** Numbers over time, of all instances. */
    public ObjectNode overview(Map<String, String> query, String authorization) {
        int minutes = Parameters.integer(query, "minutes", Math.min(USUAL_MINUTES, mostMinutes), 1, mostMinutes);
        long now = clock.getAsLong();
        Span span = Span.last(minutes, now);
        Gathered<Numbers> gathered = numbers(span, authorization);
        ObjectNode json = new Overview(span, sum(gathered)).toJson(now, query.getOrDefault("tenant", ""));
        return withInstances(json, gathered);
    }

    private Gathered<Numbers> numbers(Span span, String authorization) {
        Map<String, String> asked = Map.of(
                "from", Long.toString(span.from()),
                "to", Long.toString(span.to()),
                "step", Long.toString(span.stepMs()));
        return cluster.gather(
                partitions -> memory.numbers(partitions, span), "overview", asked, Numbers::of, authorization);
    }

    private static Numbers sum(Gathered<Numbers> gathered) {
        Numbers all = new Numbers();
        gathered.parts().forEach(all::addAll);
        return all;
    }

    /** Totals of about the last minute, of all instances. */
    public ObjectNode lastMinute(String authorization) {
        long now = clock.getAsLong();
        Counts all = new Counts();
        sum(numbers(Span.last(1, now), authorization)).steps().values().forEach(tenants -> tenants.values()
                .forEach(all::addAll));
        ObjectNode json = Answers.object().put("at", now);
        json.setAll(Overview.totals(all));
        return json;
    }

    /** This instance's part of an overview. */
    public ObjectNode localOverview(Map<String, String> query) {
        Span span;
        try {
            span = new Span(
                    Parameters.number(query, "from", 0, 0, Long.MAX_VALUE),
                    Parameters.number(query, "to", 0, 0, Long.MAX_VALUE),
                    Parameters.number(query, "step", 0, 0, Long.MAX_VALUE));
        } catch (IllegalArgumentException e) {
            throw new PageException(400, "from, to and step must be a stretch of time in whole steps");
        }
        return cluster.part(
                query.getOrDefault("partitions", ""), partitions -> memory.numbers(partitions, span), Numbers::toJson);
    }

    /** The queue, of all instances. */
    public ObjectNode queue(Map<String, String> query, String authorization) {
        QueueFilter filter = QueueFilter.of(query);
        int limit = limit(query);
        Optional<Position> before = before(query);
        Map<String, String> passedOn = new LinkedHashMap<>(query);
        passedOn.keySet().retainAll(QUEUE_PARAMETERS);
        Gathered<QueuePage> gathered = cluster.gather(
                partitions -> memory.queue(partitions, filter, limit, before),
                "flagged",
                passedOn,
                QueuePage::of,
                authorization);
        return withInstances(QueuePage.merge(gathered.parts(), limit).toJson(), gathered);
    }

    private static ObjectNode withInstances(ObjectNode json, Gathered<?> gathered) {
        json.set("instances", gathered.instances());
        json.set("missing_partitions", Answers.tree(gathered.missing().stream().collect(Collectors.toList())));
        return json;
    }

    /** This instance's part of the queue. */
    public ObjectNode localQueue(Map<String, String> query) {
        QueueFilter filter = QueueFilter.of(query);
        int limit = limit(query);
        Optional<Position> before = before(query);
        return cluster.part(
                query.getOrDefault("partitions", ""),
                partitions -> memory.queue(partitions, filter, limit, before),
                QueuePage::toJson);
    }

    private static int limit(Map<String, String> query) {
        return Parameters.integer(query, "limit", USUAL_ITEMS, 1, MOST_ITEMS);
    }

    private static Optional<Position> before(Map<String, String> query) {
        String text = query.getOrDefault("before", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Position.parse(text)
                .orElseThrow(() -> new PageException(400, "before must be the next of an earlier answer")));
    }

    /** All of a flagged answer, of whichever instance has it. */
    public ObjectNode item(String id, String authorization) {
        return cluster.item(id, authorization);
    }

    /** All of a flagged answer that is here. */
    public ObjectNode localItem(String id) {
        return memory.item(id).orElseThrow(() -> new PageException(404, "this instance has no such answer"));
    }
}
