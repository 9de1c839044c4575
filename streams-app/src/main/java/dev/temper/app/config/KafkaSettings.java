package dev.temper.app.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What Kafka Streams is told: our defaults, under what the configuration says, under what exactly-once needs. Each
 * default was measured: the reasons stand beside them.
 */
final class KafkaSettings {
    private static final String MAX_POLL_RECORDS = ConsumerConfig.MAX_POLL_RECORDS_CONFIG;
    private static final int MOST_POLL_RECORDS = 64;

    private KafkaSettings() {}

    /** What a configuration may not change, since the promise of one outcome for each prompt rests on it. */
    private static final Map<String, String> LAWS = Map.of(
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.EXACTLY_ONCE_V2,
            // The new protocol took 48 s to recover from a killed process, this one 3 to 6.
            StreamsConfig.GROUP_PROTOCOL_CONFIG,
            "classic");

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put(StreamsConfig.APPLICATION_ID_CONFIG, SidecarConfig.DEFAULT_APPLICATION_ID);
        // An idle thread looks for finished outcomes this often: the latency that an idle service adds.
        defaults.put(StreamsConfig.POLL_MS_CONFIG, "10");
        defaults.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "100");
        // The inbox is written once and deleted once, so a cache only delays.
        defaults.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        // -1: the broker's own default.
        defaults.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, "-1");
        // Prompts that were sent before the first start are answered too.
        defaults.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // With the default of 45 s a killed instance's prompts wait that long.
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), "6000");
        defaults.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), "2000");
        // Streams' own 10 s is short beside a slow model's step: the transaction would be aborted and the work
        // repeated.
        defaults.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), "60000");
        return defaults;
    }

    /** Refuses settings that would break exactly-once. */
    static void refuseOverrides(Map<String, String> kafka) {
        new TreeMap<>(LAWS).forEach((key, value) -> {
            String asked = kafka.get(key);
            if (asked != null && !asked.equals(value)) {
                throw new IllegalArgumentException(
                        "kafka." + key + " must be " + value + ", not " + asked + "; leave the line out");
            }
        });
    }

    /**
     * The effective {@code max.poll.records}: ours is small beside the inbox, so that much of the inbox is used before
     * the intake stops for want of room for another poll.
     *
     * @throws IllegalArgumentException if the configuration's own is no number, or larger than an inbox
     */
    static int maxPollRecords(Map<String, String> kafka, int maxInbox) {
        for (String key : List.of(
                StreamsConfig.mainConsumerPrefix(MAX_POLL_RECORDS),
                StreamsConfig.consumerPrefix(MAX_POLL_RECORDS),
                MAX_POLL_RECORDS)) {
            String asked = kafka.get(key);
            if (asked == null) {
                continue;
            }
            if (!asked.matches("[1-9][0-9]{0,8}") || Integer.parseInt(asked) > maxInbox) {
                throw new IllegalArgumentException("kafka." + key + " must be from 1 to limits.max_inbox (" + maxInbox
                        + "), not " + asked + "; leave the line out, or raise the inbox");
            }
            return Integer.parseInt(asked);
        }
        return Math.max(1, Math.min(MOST_POLL_RECORDS, maxInbox / 4));
    }

    static Map<String, Object> streams(Map<String, String> kafka, LimitsConfig limits) {
        Map<String, Object> effective = new LinkedHashMap<>(defaults());
        String maxRequest = StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        // Kafka's default is 1 MiB; a batch adds its own overhead to the record.
        effective.put(maxRequest, Integer.toString(Math.max(1 << 20, limits.maxRecordBytes() + (1 << 16))));
        effective.putAll(kafka);
        effective.put(
                StreamsConfig.mainConsumerPrefix(MAX_POLL_RECORDS),
                Integer.toString(maxPollRecords(kafka, limits.maxInbox())));
        effective.putAll(LAWS);
        return effective;
    }

    /** An admin client refuses no unknown setting, but complains in the log; it gets what can concern it. */
    static Map<String, Object> admin(Map<String, String> kafka) {
        Map<String, Object> admin = new LinkedHashMap<>();
        kafka.forEach((key, value) -> {
            String name = key.startsWith(StreamsConfig.ADMIN_CLIENT_PREFIX)
                    ? key.substring(StreamsConfig.ADMIN_CLIENT_PREFIX.length())
                    : key;
            if (AdminClientConfig.configNames().contains(name)) {
                admin.put(name, value);
            }
        });
        return admin;
    }
}
