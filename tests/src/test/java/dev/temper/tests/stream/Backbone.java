package dev.temper.tests.stream;

import dev.temper.app.Sidecar;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.sandbox.registry.EmbeddedRegistry;
import dev.temper.schemas.Topics;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import dev.temper.schemas.serde.AvroSerdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;
import org.awaitility.Awaitility;

/** Brokers without topics, and a registry; each can be stopped and started. */
public final class Backbone implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static final int PARTITIONS = 2;
    static final TopicsConfig DEFAULT_TOPICS = new TopicsConfig(
            Topics.PROMPTS,
            Topics.RESULTS,
            Topics.FLAGGED,
            Topics.REJECTS,
            Topics.POLICIES,
            Topics.VERDICTS,
            Topics.SUBSPACES);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path folder;
    private final Cluster cluster;
    private final int registryPort;
    private final String application = "temper-" + COUNT.incrementAndGet();
    private EmbeddedRegistry registry;

    /** Several embedded brokers. */
    public Backbone(Path folder, int nodes) {
        this(folder, new Brokers(folder, nodes, BrokerKind.SHORT_SESSION));
    }

    /** One broker that is not to be stopped. */
    public static Backbone steady(BrokerKind kind, Path folder) {
        return new Backbone(folder, kind.steady(folder));
    }

    /** One broker that can be stopped. */
    public static Backbone own(BrokerKind kind, Path folder) {
        return new Backbone(folder, kind.own(folder));
    }

    private Backbone(Path folder, Cluster cluster) {
        this.folder = folder;
        this.cluster = cluster;
        registry = EmbeddedRegistry.start(folder.resolve("registry"), 0);
        registryPort = Integer.parseInt(registry.url().substring(registry.url().lastIndexOf(':') + 1));
    }

    /** The topics that a service uses where its configuration names none. */
    Backbone withTopics() throws Exception {
        createTopics(DEFAULT_TOPICS, PARTITIONS);
        return this;
    }

    /** Replicated on as many brokers as there are. */
    public void createTopics(TopicsConfig topics, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            List<NewTopic> all = new ArrayList<>();
            for (String name : List.of(topics.prompts(), topics.results(), topics.flagged(), topics.rejects())) {
                all.add(new NewTopic(name, Optional.of(partitions), Optional.empty()));
            }
            Map<String, String> newest = Map.of("cleanup.policy", "compact");
            for (String name : List.of(topics.policies(), topics.subspaces())) {
                all.add(new NewTopic(name, Optional.of(1), Optional.empty()).configs(newest));
            }
            all.add(new NewTopic(topics.verdicts(), Optional.of(partitions), Optional.empty()).configs(newest));
            admin.createTopics(all).all().get();
            // The controller has made them; where the machine is busy, a broker hears of it later.
            List<String> names = all.stream().map(NewTopic::name).toList();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> admin.listTopics().names().get().containsAll(names));
        }
    }

    /** An empty compacted topic of the same name and as many partitions, which is another one. */
    void replaceTopic(String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            int partitions = admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get()
                    .get(name)
                    .partitions()
                    .size();
            admin.deleteTopics(List.of(name)).all().get();
            NewTopic another = new NewTopic(name, Optional.of(partitions), Optional.empty())
                    .configs(Map.of("cleanup.policy", "compact"));
            Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
                admin.createTopics(List.of(another)).all().get();
                return true;
            });
        }
    }

    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    /** The service's name, of this backbone alone: a broker of several scenarios keeps what it knows of each. */
    public String application() {
        return application;
    }

    public String registryUrl() {
        return "http://127.0.0.1:" + registryPort;
    }

    /** The embedded ones. */
    public Brokers brokers() {
        return (Brokers) cluster;
    }

    /** The broker stops, is away for so long, and comes back. */
    void interruptBroker(Duration outage) throws InterruptedException {
        cluster.interrupt(outage);
    }

    public void stopRegistry() {
        registry.close();
    }

    public void startRegistry() {
        registry = EmbeddedRegistry.start(folder.resolve("registry"), registryPort);
    }

    SidecarConfig config(String more) {
        return ConfigLoader.parse("test", settings(more), folder);
    }

    /** A configuration file's text, with this cluster and registry. */
    String settings(String more) {
        String own = """
                kafka:
                  bootstrap.servers: %s
                  application.id: %s
                  group.instance.id: one
                schema_registry:
                  schema.registry.url: %s
                """.formatted(bootstrapServers(), application, registryUrl());
        return own + more;
    }

    /** With a small inbox and short waits, and a producer that gives up soon, so that an outage of the broker shows. */
    Sidecar startSidecar(GenerationEngine engine) {
        String impatient = """
                  producer.max.block.ms: 3000
                  producer.delivery.timeout.ms: 4000
                  producer.request.timeout.ms: 2000
                  producer.linger.ms: 0
                """;
        String limits = "limits: {max_inbox: 16, retry_backoff_ms: 20, retry_max_backoff_ms: 500}";
        String text = settings(limits).replace("schema_registry:", impatient + "schema_registry:");
        return Sidecar.start(ConfigLoader.parse("test", text, folder), engine);
    }

    public <T extends SpecificRecord> Serde<T> serde(Class<T> type) {
        return AvroSerdes.values(AvroSerdes.DEFAULT_SERDE, type, Map.of("schema.registry.url", registryUrl()));
    }

    public SchemaRegistryClient registryClient() {
        return new SchemaRegistryClient(new RegistryConfig(Map.of("schema.registry.url", registryUrl())));
    }

    /**
     * Every committed record of a topic, each partition's in order: all that are there now, however slow the machine, and
     * those that come until nothing came for {@code quiet}.
     */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic, Duration quiet) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(thereNow(consumer, partitions));
            int before = -1;
            while (records.size() > before) {
                before = records.size();
                long end = System.nanoTime() + quiet.toNanos();
                while (System.nanoTime() < end && records.size() == before) {
                    consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                }
            }
            return records;
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> thereNow(
            KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            while (partitions.stream().anyMatch(p -> consumer.position(p, PATIENCE) < ends.getOrDefault(p, 0L))
                    && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        } catch (TimeoutException e) {
            // The cluster is away, which some tests want: then this is all that can be read.
        }
        return records;
    }

    /** How many records of a topic are committed so far. */
    long count(String topic) {
        return committed(topic, Duration.ofMillis(300)).size();
    }

    @Override
    public void close() {
        registry.close();
        cluster.close();
    }
}
