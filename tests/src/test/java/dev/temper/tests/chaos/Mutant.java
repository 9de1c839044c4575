package dev.temper.tests.chaos;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.topology.EventCodec;
import dev.temper.app.topology.LaneSettings;
import dev.temper.app.topology.ModerationTopology;
import dev.temper.runtime.serve.GenerationEngine;
import java.util.Properties;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.StoreBuilder;

/** The sidecar, whole or with one law broken; the suite must tell them apart. */
enum Mutant {
    /** As it is. */
    NONE,
    /** Pending work is in memory only, so the offsets are committed before anything durable holds the prompt. */
    COMMITS_BEFORE_DURABLE,
    /** Outputs, inbox and offsets are no longer one transaction; the ids are derived still. */
    AT_LEAST_ONCE,
    /** The same, and each writing of an event gives it another id. */
    AT_LEAST_ONCE_WITH_RANDOM_IDS;

    /** Lines for the configuration. */
    String settings() {
        return this == AT_LEAST_ONCE_WITH_RANDOM_IDS ? "serde: " + RandomIdSerde.class.getName() + "\n" : "";
    }

    /** Runs a broken one until the process is killed. */
    void run(SidecarConfig config, GenerationEngine engine) {
        StreamsBuilder builder = this == COMMITS_BEFORE_DURABLE ? new Forgetful() : new StreamsBuilder();
        LaneSettings settings =
                new LaneSettings(config, engine, EventCodec.factory(config.serde(), config.schemaRegistry()));
        ModerationTopology.build(builder, settings);
        Properties properties = new Properties();
        properties.putAll(config.streamsProperties());
        KafkaClientSupplier clients = settings.clients();
        if (this != COMMITS_BEFORE_DURABLE) {
            properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
            clients = new RareCommits(clients);
        }
        KafkaStreams streams = new KafkaStreams(builder.build(), properties, clients);
        streams.setUncaughtExceptionHandler(e -> StreamThreadExceptionResponse.REPLACE_THREAD);
        streams.start();
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    }

    /** Its stores have no changelog. */
    private static final class Forgetful extends StreamsBuilder {
        @Override
        public synchronized StreamsBuilder addStateStore(StoreBuilder<?> builder) {
            return super.addStateStore(builder.withLoggingDisabled());
        }
    }
}
