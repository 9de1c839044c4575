package dev.temper.app.topology;

import dev.temper.app.config.TopicsConfig;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The service as Kafka Streams sees it: prompts in; results, flagged events and rejects out.
 *
 * <p>Records are raw bytes from end to end; {@link GenerationProcessor} reads and writes the events. So a record that
 * cannot be read is a value like any other and is rejected in its turn, in the same transaction, with its own bytes; and
 * a registry that is away makes prompts wait instead of killing the thread.
 */
public final class ModerationTopology {
    /** Prompts without an outcome, by offset. Persistent: it also keeps the process id that fences old transactions. */
    static final String INBOX = "inbox";

    /** The policies topic, as it is. */
    static final String POLICIES = "policies";

    /** The subspaces topic, as it is. */
    static final String SUBSPACES = "subspaces";

    /** Small segments, compacted early: nearly all of the inbox's changelog is soon deleted again. */
    private static final Map<String, String> CHANGELOG = Map.of(
            "segment.bytes", "16777216",
            "min.cleanable.dirty.ratio", "0.1",
            "delete.retention.ms", "60000",
            "max.compaction.lag.ms", "600000");

    private ModerationTopology() {}

    /** Adds the service to a builder. Its tasks need the settings' engine as long as they live. */
    public static void build(StreamsBuilder builder, LaneSettings settings) {
        TopicsConfig topics = settings.config().topics();
        Serde<byte[]> bytes = Serdes.ByteArray();
        StoreBuilder<KeyValueStore<Long, InboxEntry>> inbox = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(INBOX), Serdes.Long(), InboxSerde.serde())
                .withCachingDisabled()
                .withLoggingEnabled(CHANGELOG);

        builder.addStateStore(inbox);
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(POLICIES), bytes, bytes)
                        .withLoggingDisabled(),
                topics.policies(),
                Consumed.with(bytes, bytes).withName("policies"),
                () -> new PolicyProcessor(settings));
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(SUBSPACES), bytes, bytes)
                        .withLoggingDisabled(),
                topics.subspaces(),
                Consumed.with(bytes, bytes).withName("subspaces"),
                settings::newSubspaceProcessor);
        KStream<byte[], Output> outputs = builder.stream(
                        topics.prompts(),
                        Consumed.with(bytes, bytes).withName("prompts").withTimestampExtractor(new WrittenTime()))
                .process(() -> new GenerationProcessor(settings), Named.as("generation"), INBOX);
        send(outputs, Output.Way.RESULTS, topics.results());
        send(outputs, Output.Way.FLAGGED, topics.flagged());
        send(outputs, Output.Way.REJECTS, topics.rejects());
    }

    private static void send(KStream<byte[], Output> outputs, Output.Way way, String topic) {
        String name = way.name().toLowerCase(java.util.Locale.ROOT);
        outputs.filter((key, output) -> output.way() == way, Named.as("is-" + name))
                .mapValues(Output::value, Named.as(name + "-value"))
                .to(topic, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName(name));
    }
}
