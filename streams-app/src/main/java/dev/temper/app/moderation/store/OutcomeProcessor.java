package dev.temper.app.moderation.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.ResultEvent;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps one partition's numbers and its queue of flagged answers. One task's; one thread. */
final class OutcomeProcessor implements Processor<byte[], byte[], Void, Void> {
    static final Duration EXPIRY = Duration.ofSeconds(30);

    private final TopicsConfig topics;
    private final Intake intake;
    private final Events events;
    private final long retentionMs;
    private final int most;
    private @Nullable Stores stores;
    private boolean opened;

    /** What Kafka Streams gives at the start. */
    private record Stores(
            ProcessorContext<Void, Void> context,
            Statistics statistics,
            KeyValueStore<Position, byte[]> queue,
            KeyValueStore<String, byte[]> items) {}

    OutcomeProcessor(SidecarConfig config, Intake intake) {
        this.topics = config.topics();
        this.intake = intake;
        this.events = intake.events();
        this.retentionMs =
                Duration.ofHours(config.moderation().retentionHours()).toMillis();
        this.most = config.moderation().maxFlagged();
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        stores = new Stores(
                context,
                new Statistics(context.getStateStore(PageTopology.FINE), context.getStateStore(PageTopology.COARSE)),
                context.getStateStore(PageTopology.QUEUE),
                context.getStateStore(PageTopology.ITEMS));
        context.schedule(EXPIRY, PunctuationType.WALL_CLOCK_TIME, this::expire);
    }

    private Stores stores() {
        if (stores == null) {
            throw new IllegalStateException("Streams initialises before it processes");
        }
        return stores;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = stores().context().recordMetadata().orElseThrow();
        String topic = at.topic();
        String place = topic + "-" + at.partition() + "@" + at.offset();
        byte[] value = record.value();
        if (topic.equals(topics.rejects())) {
            intake.read(events, place, reader -> reader.readReject(topic, record.headers()))
                    .flatMap(reject -> reject)
                    .filter(reject -> isKept(reject.getRejectedAt()))
                    .ifPresent(reject -> stores().statistics().add(reject, time(reject.getRejectedAt())));
        } else if (value == null) {
            return; // none of ours, and nothing to count
        } else if (topic.equals(topics.results())) {
            intake.read(events, place, reader -> reader.read(ResultEvent.class, topic, value))
                    .filter(result -> isKept(result.getCompletedAt()))
                    .ifPresent(result -> stores().statistics().add(result, time(result.getCompletedAt())));
        } else {
            intake.read(events, place, reader -> reader.read(FlaggedEvent.class, topic, value))
                    .filter(flagged -> isKept(flagged.getCompletedAt()))
                    .ifPresent(flagged -> keep(flagged, value));
        }
    }

    /** An event of the future, by a wrong clock, would make all others look old: it counts as of now. */
    private long time(Instant claimed) {
        return Math.min(claimed.toEpochMilli(), stores().context().currentSystemTimeMs());
    }

    private boolean isKept(Instant claimed) {
        return time(claimed) > Math.max(0, stores().context().currentSystemTimeMs() - retentionMs);
    }

    private void keep(FlaggedEvent flagged, byte[] value) {
        String id = flagged.getEventId();
        if (!Position.isId(id) || stores().items().get(id) != null) {
            return; // known: who copies a topic at least once brings some twice
        }
        Position position = new Position(time(flagged.getCompletedAt()), id);
        byte[] summary = FlaggedJson.summary(flagged).toString().getBytes(UTF_8);
        stores().queue().put(position, summary);
        stores().items().put(id, value);
    }

    /** What is too old or too much goes, the oldest first. */
    private void expire(long nowMs) {
        if (!opened) { // not in init, whose writes nothing commits
            stores().statistics().open();
            opened = true;
        }
        long kept = 0;
        try (KeyValueIterator<Position, byte[]> all = stores().queue().reverseAll()) {
            while (all.hasNext()) {
                Position position = all.next().key;
                if (position.at() > nowMs - retentionMs && kept < most) {
                    kept++;
                    continue;
                }
                stores().queue().delete(position);
                stores().items().delete(position.id());
            }
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
