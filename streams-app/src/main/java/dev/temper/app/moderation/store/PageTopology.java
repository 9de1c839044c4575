package dev.temper.app.moderation.store;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * What the page remembers, as Kafka Streams sees it. Results, flagged events and rejects of one partition are one task, which
 * keeps that partition's numbers and queue; whoever asks adds the partitions up, so nothing is sent through topics in between.
 * Verdicts have other keys than what they judge, and are few: every instance reads all of them.
 */
public final class PageTopology {
    /** {@link Counts} by tenant, in windows of {@link #FINE_STEP}. */
    public static final String FINE = "fine";
    /** The same in windows of {@link #COARSE_STEP}, for as long as the configuration says. */
    public static final String COARSE = "coarse";
    /** Summaries of flagged answers as JSON, by {@link Position}. */
    public static final String QUEUE = "queue";
    /** Flagged events by id, as they came. */
    public static final String ITEMS = "items";
    /** The verdicts topic, as it is. */
    public static final String VERDICTS = "verdicts";

    public static final Duration FINE_STEP = Duration.ofSeconds(10);
    public static final Duration FINE_RETENTION = Duration.ofHours(3);
    public static final Duration COARSE_STEP = Duration.ofMinutes(10);

    /** What Kafka adds to a record in a changelog, generously. */
    private static final int OVERHEAD_BYTES = 2048;

    private static final int USUAL_MESSAGE_BYTES = 1_048_588;

    private static final ObjectMapper JSON = new ObjectMapper();

    private PageTopology() {}

    /**
     * Adds the page's memory to a builder.
     *
     * @param intake what its tasks share
     */
    public static void build(StreamsBuilder builder, SidecarConfig config, Intake intake) {
        Serde<byte[]> bytes = Serdes.ByteArray();
        Duration retention = Duration.ofHours(config.moderation().retentionHours());
        Map<String, String> changelog = changelog(config);
        builder.addStateStore(counts(FINE, FINE_RETENTION, FINE_STEP));
        builder.addStateStore(counts(COARSE, retention.plus(COARSE_STEP), COARSE_STEP));
        builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(QUEUE), Position.SERDE, bytes)
                .withCachingDisabled()
                .withLoggingEnabled(changelog));
        builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(ITEMS), Serdes.String(), bytes)
                .withCachingDisabled()
                .withLoggingEnabled(changelog));
        TopicsConfig topics = config.topics();
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(VERDICTS), Serdes.String(), bytes)
                        .withLoggingDisabled(),
                topics.verdicts(),
                Consumed.with(Serdes.String(), bytes).withName("verdicts"),
                VerdictProcessor::new);
        builder.stream(
                        List.of(topics.results(), topics.flagged(), topics.rejects()),
                        Consumed.with(bytes, bytes).withName("outcomes"))
                .process(() -> new OutcomeProcessor(config, intake), Named.as("memory"), FINE, COARSE, QUEUE, ITEMS);
    }

    private static StoreBuilder<WindowStore<String, Counts>> counts(String name, Duration retention, Duration step) {
        return Stores.windowStoreBuilder(
                        Stores.persistentWindowStore(name, retention, step, false), Serdes.String(), countsSerde())
                // A window is written once a commit, not once an answer.
                .withCachingEnabled()
                .withLoggingEnabled(Map.of(TopicConfig.SEGMENT_BYTES_CONFIG, "16777216"));
    }

    /** Small segments, compacted early: what is deleted here shall be gone there too. */
    private static Map<String, String> changelog(SidecarConfig config) {
        int needed = config.limits().maxRecordBytes() + OVERHEAD_BYTES;
        return Map.of(
                TopicConfig.SEGMENT_BYTES_CONFIG,
                "16777216",
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                "0.1",
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                "60000",
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                "600000",
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(Math.max(USUAL_MESSAGE_BYTES, needed)));
    }

    static Serde<Counts> countsSerde() {
        return Serdes.serdeFrom(
                (topic, counts) -> {
                    try {
                        return JSON.writeValueAsBytes(counts.all());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                (topic, bytes) -> {
                    try {
                        return new Counts(JSON.readValue(bytes, new TypeReference<Map<String, Long>>() {}));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
