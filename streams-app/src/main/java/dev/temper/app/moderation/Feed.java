package dev.temper.app.moderation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.admin.AdminServer;
import dev.temper.app.admin.EventSink;
import dev.temper.app.admin.Reply;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.moderation.query.Memory;
import dev.temper.app.moderation.query.PageException;
import dev.temper.app.moderation.store.Events;
import dev.temper.app.moderation.store.FlaggedJson;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.schemas.serde.SerdeFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What is flagged and judged from now on, as events for one reader. It reads the topics themselves, so it tells of all
 * partitions whichever instance is asked, and a reader that comes back goes on where it was, here or elsewhere; a reader
 * that is slow is read to slowly and holds nothing up. One thread.
 */
final class Feed implements Reply.Writer {
    static final Duration OVERVIEWS = Duration.ofSeconds(2);
    static final Duration PINGS = Duration.ofSeconds(15);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final long RETRY_MS = 1_000;

    private final SidecarConfig config;
    private final Supplier<Events> events;
    private final Memory memory;
    private final Supplier<ObjectNode> overview;
    private final Optional<FeedPlace> from;

    /**
     * A feed.
     *
     * @param overview what the numbers are now, or a {@link PageException}
     * @param from where the reader was; nothing where it begins
     */
    Feed(
            SidecarConfig config,
            Supplier<Events> events,
            Memory memory,
            Supplier<ObjectNode> overview,
            Optional<FeedPlace> from) {
        this.config = config;
        this.events = events;
        this.memory = memory;
        this.overview = overview;
        this.from = from;
    }

    @Override
    public void write(EventSink sink) throws IOException, InterruptedException {
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "100");
        settings.put(
                ConsumerConfig.CLIENT_ID_CONFIG,
                "temper-page-feed-" + Thread.currentThread().getId());
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try (Events reader = events.get()) {
            follow(consumer, reader, sink);
        } catch (InterruptException e) {
            throw new InterruptedException();
        } finally {
            close(consumer);
        }
    }

    /** A thread that was interrupted would leave it half open. */
    private static void close(KafkaConsumer<?, ?> consumer) {
        boolean interrupted = Thread.interrupted();
        consumer.close(CloseOptions.timeout(CLOSE));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer, Events reader, EventSink sink) throws IOException {
        List<TopicPartition> flagged = partitions(consumer, config.topics().flagged());
        List<TopicPartition> verdicts = partitions(consumer, config.topics().verdicts());
        List<TopicPartition> all = new ArrayList<>(flagged);
        all.addAll(verdicts);
        consumer.assign(all);
        FeedPlace place = start(consumer, flagged, verdicts);
        seek(consumer, flagged, place.flagged());
        seek(consumer, verdicts, place.verdicts());
        sink.retryAfter(RETRY_MS);
        sink.event("ping", place.toString(), Map.of());
        long end = System.nanoTime() + AdminServer.LONGEST_STREAM.toNanos();
        long nextOverview = System.nanoTime();
        long nextPing = System.nanoTime() + PINGS.toNanos();
        while (System.nanoTime() < end && sink.isOpen()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                boolean isFlagged = record.topic().equals(config.topics().flagged());
                place = isFlagged
                        ? place.behindFlagged(record.partition(), record.offset())
                        : place.behindVerdict(record.partition(), record.offset());
                try {
                    send(reader, record, isFlagged, sink, place);
                } catch (RuntimeException e) {
                    if (!SerdeFailure.of(e).recordAtFault()) {
                        return; // the registry is away: the reader comes back for this event
                    }
                }
            }
            if (System.nanoTime() >= nextOverview) {
                nextOverview = System.nanoTime() + OVERVIEWS.toNanos();
                sendOverview(sink, place);
            }
            if (System.nanoTime() >= nextPing) {
                nextPing = System.nanoTime() + PINGS.toNanos();
                sink.event("ping", place.toString(), Map.of());
            }
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        int count = consumer.partitionsFor(topic).size();
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** Where the reader was; at the end for a new one, and for one that was in other topics. */
    private FeedPlace start(KafkaConsumer<?, ?> consumer, List<TopicPartition> flagged, List<TopicPartition> verdicts) {
        return from.filter(place -> place.flagged().size() == flagged.size()
                        && place.verdicts().size() == verdicts.size())
                .orElseGet(() -> {
                    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
                    return new FeedPlace(
                            flagged.stream().map(ends::get).toList(),
                            verdicts.stream().map(ends::get).toList());
                });
    }

    private static void seek(KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions, List<Long> offsets) {
        for (int i = 0; i < partitions.size(); i++) {
            consumer.seek(partitions.get(i), offsets.get(i));
        }
    }

    private void send(
            Events reader, ConsumerRecord<byte[], byte[]> record, boolean isFlagged, EventSink sink, FeedPlace place)
            throws IOException {
        byte[] value = record.value();
        if (isFlagged && value != null) {
            FlaggedEvent event = reader.read(FlaggedEvent.class, record.topic(), value);
            sink.event("flagged", place.toString(), withVerdict(FlaggedJson.summary(event), event.getEventId()));
        } else if (!isFlagged && record.key() != null) {
            ObjectNode verdict = value == null ? null : verdict(reader, record.topic(), value);
            if (value == null || verdict != null) {
                Map<String, @Nullable Object> data = new HashMap<>();
                data.put("id", new String(record.key(), UTF_8));
                data.put("verdict", verdict);
                sink.event("verdict", place.toString(), data);
            }
        }
    }

    private static @Nullable ObjectNode verdict(Events reader, String topic, byte[] value) {
        VerdictEvent event = reader.read(VerdictEvent.class, topic, value);
        return event.getVerdict() == ReviewVerdict.UNKNOWN ? null : FlaggedJson.verdict(event);
    }

    private ObjectNode withVerdict(ObjectNode summary, String id) {
        try {
            return memory.withVerdict(summary, id);
        } catch (PageException notNow) {
            summary.putNull("verdict");
            return summary;
        }
    }

    private void sendOverview(EventSink sink, FeedPlace place) throws IOException {
        ObjectNode numbers;
        try {
            numbers = overview.get();
        } catch (PageException notNow) {
            return;
        }
        sink.event("overview", place.toString(), numbers);
    }
}
