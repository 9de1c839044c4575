package dev.temper.tests.stream;

import dev.temper.sandbox.Loopback;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.utils.AppInfoParser;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** A broker of Kafka's image, whose version is that of the clients, at an address that outlives its stops. */
final class ContainerBroker implements Cluster {
    private static final String IMAGE = "apache/kafka:" + AppInfoParser.getVersion();
    private static final int KAFKA_PORT = 9092;
    private static final int SECONDS_TO_STOP = 20;

    /** Names a process that is starting an engine: who needs one waits for its end. */
    private static final String STARTING = "TEMPER_DOCKER_STARTING";

    private static final Duration STARTED_WITHIN = Duration.ofMinutes(6);

    private static @Nullable ContainerBroker shared;

    private final KafkaContainer container;
    private boolean lent;

    private ContainerBroker(KafkaContainer container) {
        this.container = container;
    }

    /** Why there can be none here; empty if there can. */
    static Optional<String> missing() {
        awaitStartOfEngine();
        return DockerClientFactory.instance().isDockerAvailable()
                ? Optional.empty()
                : Optional.of("no Docker engine answers; start one, or set DOCKER_HOST");
    }

    private static void awaitStartOfEngine() {
        Optional.ofNullable(System.getenv(STARTING))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                .ifPresent(start -> start.onExit()
                        .completeOnTimeout(start, STARTED_WITHIN.toSeconds(), TimeUnit.SECONDS)
                        .join());
    }

    static ContainerBroker start() {
        KafkaContainer container = new KafkaContainer(DockerImageName.parse(IMAGE))
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                // By default a transaction that timed out is ended up to 10 s later.
                .withEnv("KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS", "1000")
                // By default a broker that the machine does not let run for 9 s is fenced, and makes no topic then.
                .withEnv("KAFKA_BROKER_SESSION_TIMEOUT_MS", "30000")
                .withEnv("KAFKA_HEAP_OPTS", "-Xms128m -Xmx384m")
                // A minute by default, which a busy machine exceeds.
                .withStartupTimeout(Duration.ofMinutes(4));
        int port = Loopback.freePorts(1).get(0);
        container.setPortBindings(List.of(Loopback.HOST + ":" + port + ":" + KAFKA_PORT));
        container.start();
        return new ContainerBroker(container);
    }

    /** The one of this JVM, started for the first who asks. What its borrower made there goes when it is given back. */
    static synchronized Cluster borrow() {
        if (shared == null) {
            ContainerBroker broker = start();
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            shared = broker;
        }
        return new Loan(shared);
    }

    /** Several scenarios take turns. */
    private record Loan(ContainerBroker broker) implements Cluster {
        Loan {
            if (broker.lent) {
                throw new IllegalStateException("another scenario is on the shared broker; take one of your own");
            }
            broker.lent = true;
        }

        @Override
        public String bootstrapServers() {
            return broker.bootstrapServers();
        }

        @Override
        public void interrupt(Duration outage) {
            throw new UnsupportedOperationException("others need this broker: take one of your own");
        }

        @Override
        public void close() {
            broker.deleteTopics();
            broker.lent = false;
        }
    }

    private void deleteTopics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Set<String> topics = admin.listTopics().names().get();
            admin.deleteTopics(topics).all().get();
            // The controller has deleted them; the broker hears of it later.
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> admin.listTopics().names().get().isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topics of a shared broker could not be deleted", e);
        }
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void interrupt(Duration outage) throws InterruptedException {
        var docker = container.getDockerClient();
        docker.stopContainerCmd(container.getContainerId())
                .withTimeout(SECONDS_TO_STOP)
                .exec();
        Thread.sleep(outage.toMillis());
        docker.startContainerCmd(container.getContainerId()).exec();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.describeCluster().nodes().get(2, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the broker did not come back:\n" + container.getLogs(), e);
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
