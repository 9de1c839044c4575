package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Looks whether the cluster is there and has what the sidecar needs. A missing topic must be found before start: with
 * one of the outputs missing, Kafka Streams would say that it runs, and nothing would come out.
 */
final class ClusterCheck {
    private static final String TIMEOUT_MS = "10000";

    /** What a record batch adds to a record, generously. */
    private static final int BATCH_OVERHEAD_BYTES = 1024;

    private ClusterCheck() {}

    /** One finding for the broker, and one for each topic where the broker answers. */
    static List<Finding> run(SidecarConfig config) {
        String servers = String.valueOf(config.kafka().get("bootstrap.servers"));
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        try (Admin admin = Admin.create(settings)) {
            int nodes = get(admin.describeCluster().nodes()).size();
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok("broker", servers + " answers, " + nodes + " node(s)"));
            findings.addAll(topics(admin, config, servers));
            return findings;
        } catch (TimeoutException e) {
            return List.of(Finding.wrong(
                    "broker",
                    "no broker answers at " + servers,
                    "start it, or correct kafka.bootstrap.servers and, on a secured cluster, kafka.security.protocol"));
        } catch (KafkaException e) {
            return List.of(Finding.wrong(
                    "broker",
                    servers + " cannot be used: " + rootMessage(e),
                    "correct the kafka section of the configuration"));
        }
    }

    private static List<Finding> topics(Admin admin, SidecarConfig config, String servers) {
        Set<String> existing = get(admin.listTopics().names());
        Set<String> wanted = new TreeSet<>(config.topics().all());
        wanted.retainAll(existing);
        Map<String, Integer> largest = largestRecords(admin, wanted);
        List<Finding> findings = new ArrayList<>();
        for (String topic : config.topics().all()) {
            if (!existing.contains(topic)) {
                findings.add(Finding.wrong(
                        "topic " + topic,
                        "does not exist",
                        "create it: kafka-topics.sh --bootstrap-server " + servers + " --create --topic " + topic
                                + (topic.equals(config.topics().policies())
                                        ? " --partitions 1 --config cleanup.policy=compact"
                                        : " --partitions 4")));
                continue;
            }
            int most = largest.getOrDefault(topic, Integer.MAX_VALUE);
            int needed = config.limits().maxRecordBytes() + BATCH_OVERHEAD_BYTES;
            // Prompts are only read, and what is too large for us is rejected.
            if (most < needed && !topic.equals(config.topics().prompts())) {
                findings.add(Finding.wrong(
                        "topic " + topic,
                        "takes records of up to " + most + " bytes, and limits.max_record_bytes asks for " + needed,
                        "raise the topic's max.message.bytes, or lower limits.max_record_bytes"));
            } else {
                findings.add(Finding.ok("topic " + topic, "exists"));
            }
        }
        return findings;
    }

    /** Each topic's max.message.bytes; none where this account may not look. */
    private static Map<String, Integer> largestRecords(Admin admin, Set<String> topics) {
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        Map<ConfigResource, Config> configs;
        try {
            configs = get(admin.describeConfigs(resources).all());
        } catch (AuthorizationException e) {
            return Map.of();
        }
        return configs.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().name(), entry -> {
                    ConfigEntry value = entry.getValue().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                    return value == null || value.value() == null ? Integer.MAX_VALUE : Integer.parseInt(value.value());
                }));
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage())
                .lines()
                .findFirst()
                .orElse(root.getClass().getSimpleName());
    }
}
