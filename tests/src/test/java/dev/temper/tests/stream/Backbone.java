package dev.temper.tests.stream;

import dev.temper.app.Sidecar;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.sandbox.broker.EmbeddedBroker;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;

/** A broker with the topics, and a registry that can be stopped and started. */
final class Backbone implements AutoCloseable {
    static final int PARTITIONS = 2;

    private final Path folder;
    private EmbeddedBroker broker;
    private final int registryPort;
    private EmbeddedRegistry registry;

    Backbone(Path folder) throws Exception {
        this.folder = folder;
        broker = EmbeddedBroker.builder(folder.resolve("broker")).start();
        registry = EmbeddedRegistry.start(folder.resolve("registry"), 0);
        registryPort = Integer.parseInt(registry.url().substring(registry.url().lastIndexOf(':') + 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<NewTopic> topics =
                    new ArrayList<>(Stream.of(Topics.PROMPTS, Topics.RESULTS, Topics.FLAGGED, Topics.REJECTS)
                            .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                            .toList());
            topics.add(new NewTopic(Topics.POLICIES, 1, (short) 1).configs(Map.of("cleanup.policy", "compact")));
            admin.createTopics(topics).all().get();
        }
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** The broker goes away for so long and comes back on the same port, with the same data. */
    void interruptBroker(Duration outage) throws InterruptedException {
        int port = broker.port();
        broker.close();
        Thread.sleep(outage.toMillis());
        broker = EmbeddedBroker.builder(folder.resolve("broker")).port(port).start();
    }

    void stopRegistry() {
        registry.close();
    }

    void startRegistry() {
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
                  group.instance.id: one
                schema_registry:
                  schema.registry.url: http://127.0.0.1:%d
                """.formatted(broker.bootstrapServers(), registryPort);
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

    <T extends SpecificRecord> Serde<T> serde(Class<T> type) {
        return AvroSerdes.values(
                AvroSerdes.DEFAULT_SERDE, type, Map.of("schema.registry.url", "http://127.0.0.1:" + registryPort));
    }

    SchemaRegistryClient registryClient() {
        return new SchemaRegistryClient(new RegistryConfig(Map.of("schema.registry.url", registry.url())));
    }

    /** Every committed record of a topic, each partition's in order, once nothing came for {@code quiet}. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic, Duration quiet) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
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

    /** How many records of a topic are committed so far. */
    long count(String topic) {
        return committed(topic, Duration.ofMillis(300)).size();
    }

    @Override
    public void close() {
        registry.close();
        broker.close();
    }
}
