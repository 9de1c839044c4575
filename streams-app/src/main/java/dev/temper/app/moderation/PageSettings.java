package dev.temper.app.moderation;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.moderation.query.Address;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What Kafka Streams is told for the page: as for the service, but for what makes it another application, and a small one. */
final class PageSettings {
    private PageSettings() {}

    /** The page's application: named after the service's. */
    static String applicationId(SidecarConfig config) {
        return config.streamsProperties().get(StreamsConfig.APPLICATION_ID_CONFIG) + "-moderation";
    }

    static Properties of(SidecarConfig config, Address self) {
        Properties settings = new Properties();
        settings.putAll(config.streamsProperties());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(config));
        settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.hostAndPort());
        // Else two applications of one process would register their metrics under one name.
        settings.computeIfPresent(CommonClientConfigs.CLIENT_ID_CONFIG, (key, id) -> id + "-moderation");
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "1");
        settings.put(StreamsConfig.POLL_MS_CONFIG, "100");
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "500");
        // The numbers' windows that are being written; a window is written once a commit.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, Integer.toString(4 << 20));
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallRocks.class.getName());
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), "500");
        return settings;
    }
}
