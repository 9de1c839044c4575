package dev.temper.sandbox.demo;

import dev.temper.app.config.TopicsConfig;
import dev.temper.runtime.TemperException;
import dev.temper.sandbox.broker.EmbeddedBroker;
import dev.temper.sandbox.registry.EmbeddedRegistry;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The broker and the registry of a demo, their data side by side in one folder. */
public final class DemoServices implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final short REPLICAS = 1;
    private static final Map<String, String> COMPACTED =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);

    private final EmbeddedBroker broker;
    private final EmbeddedRegistry registry;

    private DemoServices(EmbeddedBroker broker, EmbeddedRegistry registry) {
        this.broker = broker;
        this.registry = registry;
    }

    /**
     * Starts both on free ports; returns when both serve.
     *
     * @throws TemperException when the folder is in use or cannot be written
     */
    public static DemoServices start(Path dataFolder) {
        EmbeddedBroker broker =
                EmbeddedBroker.builder(dataFolder.resolve("broker")).start();
        try {
            return new DemoServices(broker, EmbeddedRegistry.start(dataFolder.resolve("registry"), 0));
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public String registryUrl() {
        return registry.url();
    }

    /** Creates those of the topics that are missing. */
    public void createTopics(TopicsConfig topics) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Set<String> missing = new HashSet<>(topics.all());
            missing.removeAll(admin.listTopics().names().get());
            admin.createTopics(missing.stream()
                            .map(topic -> topic.equals(topics.policies())
                                    ? new NewTopic(topic, 1, REPLICAS).configs(COMPACTED)
                                    : new NewTopic(topic, PARTITIONS, REPLICAS))
                            .toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new TemperException("The demo's topics could not be created: " + e.getCause() + "; see the log", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemperException("The start was interrupted", e);
        }
    }

    @Override
    public void close() {
        registry.close();
        broker.close();
    }
}
