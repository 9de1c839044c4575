package dev.temper.tests.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.TopicsConfig;
import dev.temper.schemas.HeaderNames;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.serde.SerdeFailure;
import dev.temper.tests.chaos.Seen.Kind;
import dev.temper.tests.stream.Backbone;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** A consumer of the three output topics, committed records only, with a thread of its own; fills the ledger. */
final class CommittedReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Ledger ledger;
    private final TopicsConfig topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Deserializer<ResultEvent> results;
    private final Deserializer<FlaggedEvent> flags;
    private final Deserializer<RejectEvent> rejects;
    private final Thread thread = new Thread(this::run, "chaos-reader");
    private volatile boolean finishing;
    private volatile @Nullable RuntimeException failure;

    CommittedReader(Backbone servers, TopicsConfig topics, Ledger ledger) {
        this.ledger = ledger;
        this.topics = topics;
        this.results = servers.serde(ResultEvent.class).deserializer();
        this.flags = servers.serde(FlaggedEvent.class).deserializer();
        this.rejects = servers.serde(RejectEvent.class).deserializer();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", servers.bootstrapServers(), "isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        // Not by asking the broker, which may not have heard yet of all partitions of a topic that was made just now.
        partitions = Stream.of(topics.results(), topics.flagged(), topics.rejects())
                .flatMap(topic -> IntStream.range(0, Trial.PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!finishing) {
                consumer.poll(POLL).forEach(this::read);
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Call it when nobody writes any more: waits for the end of what killed writers left open, and reads to the end. */
    void finish(Duration patience, Backbone servers) throws InterruptedException {
        finishing = true;
        thread.join();
        if (failure != null) {
            throw failure;
        }
        Map<TopicPartition, Long> ends = uncommittedEnds(servers);
        long deadline = System.nanoTime() + patience.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("a transaction stays open");
            }
            consumer.poll(POLL).forEach(this::read);
        }
    }

    private Map<TopicPartition, Long> uncommittedEnds(Backbone servers) {
        Map<String, Object> settings = Map.of("bootstrap.servers", servers.bootstrapServers());
        try (KafkaConsumer<byte[], byte[]> all =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return all.endOffsets(partitions);
        }
    }

    /** A registry that is away delays reading; nothing else may. */
    private void read(ConsumerRecord<byte[], byte[]> record) {
        long nanos = System.nanoTime();
        while (true) {
            try {
                ledger.seen(event(record, nanos));
                return;
            } catch (RuntimeException e) {
                if (SerdeFailure.of(e) != SerdeFailure.REGISTRY_UNAVAILABLE) {
                    throw e;
                }
            }
        }
    }

    private Seen event(ConsumerRecord<byte[], byte[]> record, long nanos) {
        Place at = new Place(record.topic(), record.partition(), record.offset());
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (record.topic().equals(topics.results())) {
            ResultEvent event = results.deserialize(record.topic(), record.value());
            Place source = Place.of(event.getSource());
            return new Seen(
                    Kind.RESULT,
                    at,
                    source,
                    key,
                    event.getEventId(),
                    header(record),
                    event.getText(),
                    event.getFlagged(),
                    event.getTextIsRefusal(),
                    "",
                    null,
                    nanos);
        }
        if (record.topic().equals(topics.flagged())) {
            FlaggedEvent event = flags.deserialize(record.topic(), record.value());
            Place source = Place.of(event.getSource());
            return new Seen(
                    Kind.FLAGGED,
                    at,
                    source,
                    key,
                    event.getEventId(),
                    header(record),
                    event.getText(),
                    false,
                    false,
                    "",
                    null,
                    nanos);
        }
        RejectEvent event =
                RejectHeaders.read(record.headers(), record.topic(), rejects).orElseThrow();
        return new Seen(
                Kind.REJECT,
                at,
                Place.of(event.getSource()),
                key,
                event.getEventId(),
                event.getEventId(),
                "",
                false,
                false,
                event.getReason().name(),
                record.value(),
                nanos);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record) {
        Header id = record.headers().lastHeader(HeaderNames.CE_ID);
        return id == null ? "" : new String(id.value(), UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        finishing = true;
        thread.join();
        consumer.close();
    }
}
