package dev.temper.sandbox.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.sandbox.ChildJvm;
import dev.temper.sandbox.Loopback;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded broker promises; no other one is meant. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EmbeddedBrokerTest {

    @Test
    void shouldKeepTopicsAndRecordsOverARestartOnAnotherPort(@TempDir Path folder) throws Exception {
        // Given
        int firstPort;
        try (EmbeddedBroker broker = EmbeddedBroker.builder(folder).start()) {
            firstPort = broker.port();
            createTopic(broker.bootstrapServers());
            sendTransaction(broker.bootstrapServers(), "kept");
        }

        // When
        List<String> read;
        int secondPort;
        try (EmbeddedBroker broker = EmbeddedBroker.builder(folder).start()) {
            secondPort = broker.port();
            sendTransaction(broker.bootstrapServers(), "added");
            read = readAll(broker.bootstrapServers(), 2);
        }

        // Then
        assertThat(read).containsExactly("kept", "added");
        assertThat(secondPort).isNotEqualTo(firstPort);
    }

    @Test
    void shouldKeepCommittedRecordsWhenTheProcessIsKilled(@TempDir Path folder) throws Exception {
        // Given
        try (ChildJvm child = ChildJvm.start(BrokerProcess.class, folder.toString())) {
            String bootstrap = awaitBootstrap(child);
            createTopic(bootstrap);
            sendTransaction(bootstrap, "committed before the kill");
            // A commit is acknowledged before its markers are written, and Kafka 4.3.1 may forget them (KAFKA-20734).
            readAll(bootstrap, 1);
            child.kill();
        }

        // When
        List<String> read;
        try (EmbeddedBroker broker = EmbeddedBroker.builder(folder).start()) {
            read = readAll(broker.bootstrapServers(), 1);
        }

        // Then
        assertThat(read).containsExactly("committed before the kill");
    }

    @Test
    void shouldRefuseAFolderThatAnotherProcessHolds(@TempDir Path folder) throws Exception {
        // Given
        try (ChildJvm child = ChildJvm.start(BrokerProcess.class, folder.toString())) {
            awaitBootstrap(child);

            // When
            var start = assertThatThrownBy(() -> EmbeddedBroker.builder(folder).start());

            // Then
            start.isInstanceOf(TemperException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("in use by an embedded broker in process " + child.pid())
                    .hasMessageContaining("choose another folder");
        }
    }

    @Test
    void shouldListenOnTheLoopbackInterfaceOnlyAndRefuseASecondStartInThisProcess(@TempDir Path folder)
            throws Exception {
        // Given
        Optional<InetAddress> outside = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst();

        // When
        try (EmbeddedBroker broker = EmbeddedBroker.builder(folder).start()) {

            // Then
            assertThat(connects(InetAddress.getByName("127.0.0.1"), broker.port()))
                    .isTrue();
            outside.ifPresent(address -> assertThat(connects(address, broker.port()))
                    .as("%s", address)
                    .isFalse());
            assertThatThrownBy(() -> EmbeddedBroker.builder(folder).start())
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("in use by an embedded broker");
        }
    }

    @Test
    void shouldNameATakenPortAndLeaveTheFolderFree(@TempDir Path folder) throws Exception {
        // Given
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();

            // When
            var start = assertThatThrownBy(
                    () -> EmbeddedBroker.builder(folder).port(port).start());

            // Then
            start.isInstanceOf(TemperException.class).hasMessageContaining("Port " + port + " is taken");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.builder(folder).start()) {
            assertThat(broker.port()).isPositive();
        }
    }

    @Test
    void shouldSayThatAFolderIsNotWritable(@TempDir Path folder) throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        // When
        var start = assertThatThrownBy(() -> EmbeddedBroker.builder(file).start());

        // Then
        start.isInstanceOf(TemperException.class).hasMessageContaining("cannot be used");
    }

    @Test
    void shouldFormAClusterOfThreeThatReplicates(@TempDir Path folder) throws Exception {
        // Given
        List<Integer> ports = Loopback.freePorts(3);
        Map<Integer, Integer> controllers = Map.of(1, ports.get(0), 2, ports.get(1), 3, ports.get(2));
        String clusterId = Uuid.randomUuid().toString();
        // One thread a node: each waits for most of the others, at its start and at its end.
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<EmbeddedBroker> brokers = inParallel(
                threads,
                controllers.keySet().stream()
                        .map(node -> () -> EmbeddedBroker.builder(folder.resolve("node-" + node))
                                .cluster(node, controllers, clusterId)
                                .start()));

        // When
        int replicas;
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", brokers.get(0).bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("words", 1, (short) 3)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            sendTransaction(brokers.get(0).bootstrapServers(), "replicated");
            replicas =
                    admin.describeTopics(List.of("words")).allTopicNames().get(30, TimeUnit.SECONDS).values().stream()
                            .mapToInt(topic -> topic.partitions().get(0).isr().size())
                            .sum();
        }
        brokers.get(0).close();
        List<String> read = readAll(brokers.get(1).bootstrapServers(), 1);

        // Then
        assertThat(replicas).isEqualTo(3);
        assertThat(read).containsExactly("replicated");
        inParallel(threads, brokers.stream().map(broker -> () -> {
            broker.close();
            return broker;
        }));
        threads.shutdown();
    }

    private static List<EmbeddedBroker> inParallel(ExecutorService threads, Stream<Supplier<EmbeddedBroker>> tasks) {
        List<CompletableFuture<EmbeddedBroker>> futures =
                tasks.map(task -> CompletableFuture.supplyAsync(task, threads)).toList();
        return futures.stream().map(CompletableFuture::join).toList();
    }

    private static String awaitBootstrap(ChildJvm child) throws Exception {
        return child.awaitLine(line -> line.startsWith(BrokerProcess.READY)).substring(BrokerProcess.READY.length());
    }

    private static boolean connects(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1_000);
            return true;
        } catch (java.io.IOException refused) {
            return false;
        }
    }

    private static void createTopic(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("words", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static void sendTransaction(String bootstrap, String word) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "transactional.id", "test");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("words", word));
            producer.commitTransaction();
        }
    }

    private static List<String> readAll(String bootstrap, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
        List<String> read = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition("words", 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (read.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
            }
        }
        return read;
    }
}
