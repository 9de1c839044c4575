package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.moderation.store.Counts;
import dev.temper.app.moderation.store.Events;
import dev.temper.app.moderation.store.FlaggedJson;
import dev.temper.app.moderation.store.PageTopology;
import dev.temper.app.moderation.store.Position;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.VerdictEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;

/**
 * What this instance remembers, of the partitions that it has: interactive queries to its state stores. Thread-safe. Every
 * question may end in a {@link PageException} of 503 while partitions move.
 */
public final class Memory {
    /** Answers that one question looks at in one partition; the next goes on from there. */
    static final int MOST_LOOKED_AT = 2_000;

    private final KafkaStreams streams;
    private final String flaggedTopic;
    private final String verdictsTopic;
    private final ThreadLocal<Events> events;
    private final OpenAnswers open = new OpenAnswers();

    /** @param events makes a reader for each thread that asks */
    public Memory(KafkaStreams streams, SidecarConfig config, Supplier<Events> events) {
        this.streams = streams;
        this.flaggedTopic = config.topics().flagged();
        this.verdictsTopic = config.topics().verdicts();
        this.events = ThreadLocal.withInitial(events);
    }

    /** The partitions that are here. */
    public Set<Integer> partitions() {
        return asked(() -> {
            Set<Integer> partitions = new TreeSet<>();
            streams.metadataForLocalThreads().stream()
                    .flatMap(thread -> thread.activeTasks().stream())
                    .map(task -> task.taskId())
                    .map(TaskId::partition)
                    .forEach(partitions::add);
            return partitions;
        });
    }

    /** Numbers of these partitions. */
    Numbers numbers(Set<Integer> partitions, Span span) {
        return asked(() -> {
            Numbers numbers = new Numbers();
            for (int partition : partitions) {
                ReadOnlyWindowStore<String, Counts> store =
                        store(span.store(), QueryableStoreTypes.<String, Counts>windowStore(), partition);
                Instant from = Instant.ofEpochMilli(span.from());
                Instant to = Instant.ofEpochMilli(span.to() - 1);
                try (KeyValueIterator<Windowed<String>, Counts> all = store.fetchAll(from, to)) {
                    while (all.hasNext()) {
                        KeyValue<Windowed<String>, Counts> one = all.next();
                        numbers.add(span.stepOf(one.key.window().start()), one.key.key(), one.value);
                    }
                }
            }
            return numbers;
        });
    }

    /** Flagged answers of these partitions, behind a place or from the newest. */
    QueuePage queue(Set<Integer> partitions, QueueFilter filter, int limit, Optional<Position> before) {
        return asked(() -> {
            List<QueuePage> pages = new ArrayList<>();
            for (int partition : partitions) {
                pages.add(queue(partition, filter, limit, before));
            }
            return QueuePage.merge(pages, limit);
        });
    }

    private QueuePage queue(int partition, QueueFilter filter, int limit, Optional<Position> before) {
        ReadOnlyKeyValueStore<Position, byte[]> queue =
                store(PageTopology.QUEUE, QueryableStoreTypes.<Position, byte[]>keyValueStore(), partition);
        ReadOnlyKeyValueStore<String, byte[]> verdicts = verdicts();
        List<ObjectNode> found = new ArrayList<>();
        Position last = null;
        int looked = 0;
        long unjudged = open.count(partition, queue, verdicts);
        try (KeyValueIterator<Position, byte[]> all =
                before.isEmpty() ? queue.reverseAll() : queue.reverseRange(null, before.get())) {
            while (all.hasNext()) {
                KeyValue<Position, byte[]> one = all.next();
                if (before.isPresent() && before.get().equals(one.key)) {
                    continue;
                }
                if (found.size() == limit || looked == MOST_LOOKED_AT) {
                    return new QueuePage(found, last, unjudged);
                }
                looked++;
                last = one.key;
                if (filter.state().admits(verdicts.get(one.key.id()) != null)) {
                    ObjectNode summary = Answers.parse(one.value);
                    if (filter.admits(summary) && contains(one.key.id(), summary, filter.text())) {
                        found.add(withVerdict(summary, one.key.id()));
                    }
                }
            }
        }
        return new QueuePage(found, null, unjudged);
    }

    private boolean contains(String id, ObjectNode summary, String text) {
        if (text.isEmpty() || has(id, text) || has(summary.path("prompt_id").asText(), text)) {
            return true;
        }
        return event(id).stream()
                .flatMap(event -> Stream.concat(
                        Stream.of(event.getText(), event.getPrompt() == null ? "" : event.getPrompt()),
                        event.getMessages().stream().map(message -> message.getContent())))
                .anyMatch(part -> has(part, text));
    }

    private static boolean has(String whole, String part) {
        return whole.toLowerCase(Locale.ROOT).contains(part);
    }

    /** All of a flagged answer, with its verdict; nothing where it is not here. */
    Optional<ObjectNode> item(String id) {
        return asked(() -> event(id).map(event -> withVerdict(FlaggedJson.detail(event), id)));
    }

    private Optional<FlaggedEvent> event(String id) {
        byte[] value = streams.store(StoreQueryParameters.fromNameAndType(
                        PageTopology.ITEMS, QueryableStoreTypes.<String, byte[]>keyValueStore()))
                .get(id);
        return Optional.ofNullable(value).map(bytes -> events.get().read(FlaggedEvent.class, flaggedTopic, bytes));
    }

    /** A summary with the verdict that stands, or none. */
    public ObjectNode withVerdict(ObjectNode summary, String id) {
        summary.set("verdict", asked(() -> verdict(id)).orElse(null));
        return summary;
    }

    private Optional<ObjectNode> verdict(String id) {
        return Optional.ofNullable(verdicts().get(id))
                .map(bytes -> events.get().read(VerdictEvent.class, verdictsTopic, bytes))
                .filter(verdict -> verdict.getVerdict() != ReviewVerdict.UNKNOWN)
                .map(FlaggedJson::verdict);
    }

    private ReadOnlyKeyValueStore<String, byte[]> verdicts() {
        return streams.store(
                StoreQueryParameters.fromNameAndType(PageTopology.VERDICTS, QueryableStoreTypes.keyValueStore()));
    }

    private <T> T store(String name, QueryableStoreType<T> type, int partition) {
        return streams.store(StoreQueryParameters.fromNameAndType(name, type).withPartition(partition));
    }

    private <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (InvalidStateStoreException | IllegalStateException e) {
            throw PageException.away(streams.state());
        } catch (KafkaException e) {
            // A message may quote a record.
            throw new PageException(503, "an event cannot be read; the schema registry must answer");
        }
    }
}
