package dev.temper.app;

import dev.temper.app.config.ProvisioningConfig;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * One topic as the sidecar needs it.
 *
 * @param use what it is for: prompts, results, flagged, rejects, policies, verdicts or subspaces
 * @param partitions how many it is made with
 * @param configs its settings where they must not be the broker's
 */
record TopicPlan(String use, String name, int partitions, Map<String, String> configs) {
    static final String PROMPTS = "prompts";

    private static final String VERDICTS = "verdicts";

    /** What a record batch adds to a record, generously. */
    private static final int BATCH_OVERHEAD_BYTES = 1024;

    /** A broker's own max.message.bytes. */
    private static final int USUAL_MESSAGE_BYTES = 1_048_588;

    /** The plans of all topics, the prompts' first. */
    static List<TopicPlan> of(SidecarConfig config) {
        ProvisioningConfig provisioning = config.provisioning();
        Map<String, String> events = new LinkedHashMap<>();
        events.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        events.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(provisioning.retentionMs()));
        if (needsBytes(config) > USUAL_MESSAGE_BYTES) {
            events.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(needsBytes(config)));
        }
        Map<String, String> newest = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        TopicsConfig topics = config.topics();
        int partitions = provisioning.partitions();
        return List.of(
                new TopicPlan(PROMPTS, topics.prompts(), partitions, events),
                new TopicPlan("results", topics.results(), partitions, events),
                new TopicPlan("flagged", topics.flagged(), partitions, events),
                new TopicPlan("rejects", topics.rejects(), partitions, events),
                new TopicPlan("policies", topics.policies(), 1, newest),
                new TopicPlan(VERDICTS, topics.verdicts(), partitions, newest),
                new TopicPlan("subspaces", topics.subspaces(), 1, newest));
    }

    /** Largest record batch that the sidecar may send. */
    static int needsBytes(SidecarConfig config) {
        return config.limits().maxRecordBytes() + BATCH_OVERHEAD_BYTES;
    }

    /** Whether the sidecar writes what becomes of prompts to it. */
    boolean isOutput() {
        return !use.equals(PROMPTS) && !isCompacted();
    }

    /** Whether the newest record of each key must stay for ever. */
    boolean isCompacted() {
        return TopicConfig.CLEANUP_POLICY_COMPACT.equals(configs.get(TopicConfig.CLEANUP_POLICY_CONFIG));
    }

    /** Whether its records must have one order, by their offsets. */
    boolean isOrdered() {
        return isCompacted() && !use.equals(VERDICTS);
    }

    NewTopic toBeCreated(int replicationFactor) {
        Optional<Short> replicas = Stream.of(replicationFactor)
                .filter(factor -> factor != ProvisioningConfig.BROKERS_DEFAULT)
                .map(Integer::shortValue)
                .findFirst();
        return new NewTopic(name, Optional.of(partitions), replicas).configs(configs);
    }
}
