package dev.temper.sandbox.broker;

import dev.temper.runtime.TemperException;
import dev.temper.sandbox.FolderLock;
import dev.temper.sandbox.Loopback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka node, broker and controller in one, inside this JVM. It listens on the loopback interface only, without
 * authentication, and keeps everything in one folder, which survives a restart and a kill.
 *
 * <p>Limits: this class is the only one that names Kafka's internal classes, and holds for the pinned version. A fatal
 * fault of the broker (a full disk, for one) ends the whole JVM, as it does in Kafka itself. Kafka 4.3.1 has a defect,
 * KAFKA-20734: a single broker that is killed in the milliseconds between a commit's acknowledgement and its markers may,
 * when it starts again, forget the markers; who reads committed then stops in front of that transaction.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String FORMATTED = "meta.properties";

    private final KafkaRaftServer server;
    private final FolderLock lock;
    private final BrokerOptions options;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, FolderLock lock, BrokerOptions options) {
        this.server = server;
        this.lock = lock;
        this.options = options;
    }

    /** A node on the data of this folder, which is created where it is missing. */
    public static Builder builder(Path dataFolder) {
        return new Builder(dataFolder);
    }

    /** {@code 127.0.0.1:port}, for the clients' {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return Loopback.HOST + ":" + options.port();
    }

    public int port() {
        return options.port();
    }

    /** Stops the node in order and lets the folder go. The second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            lock.close();
        }
    }

    /** Collects what distinguishes a node; every value has a default, so that {@code builder(folder).start()} works. */
    public static final class Builder {
        private final Path dataFolder;
        private final Map<String, String> overrides = new HashMap<>();
        private Map<Integer, Integer> controllerPorts = Map.of();
        private String clusterId = "";
        private int nodeId = 1;
        private int port;

        private Builder(Path dataFolder) {
            this.dataFolder = dataFolder;
        }

        /** The clients' port; 0, the default, takes any free one. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /**
         * Makes this node one of a cluster. All nodes get the same two maps and id, and are started at the same time,
         * each by a thread of its own: {@link #start()} returns when most of them are up.
         *
         * @param self this node's id
         * @param controllerPortByNode the controller port of every node, this one included
         * @param sharedClusterId a base64 UUID, as {@code Uuid.randomUuid().toString()} gives
         */
        public Builder cluster(int self, Map<Integer, Integer> controllerPortByNode, String sharedClusterId) {
            nodeId = self;
            controllerPorts = controllerPortByNode;
            clusterId = sharedClusterId;
            return this;
        }

        /** A broker setting that wins over the default. */
        public Builder setting(String name, String value) {
            overrides.put(name, value);
            return this;
        }

        /**
         * Starts the node; returns when it serves clients, after about 3 seconds.
         *
         * @throws TemperException when the folder is in use or not writable, a port is taken, or a setting is bad
         */
        public EmbeddedBroker start() {
            List<Integer> free = Loopback.freePorts(2);
            BrokerOptions options = new BrokerOptions(
                    dataFolder.toAbsolutePath(),
                    nodeId,
                    port == 0 ? free.get(0) : port,
                    new TreeMap<>(controllerPorts.isEmpty() ? Map.of(nodeId, free.get(1)) : controllerPorts),
                    clusterId.isEmpty() ? Uuid.randomUuid().toString() : clusterId,
                    overrides);
            return EmbeddedBroker.start(options);
        }
    }

    private static EmbeddedBroker start(BrokerOptions options) {
        FolderLock lock = FolderLock.acquire(options.dataFolder(), "an embedded broker");
        KafkaRaftServer server = null;
        try {
            for (int port : List.of(options.port(), options.controllerPort())) {
                if (!Loopback.isFree(port)) {
                    throw new TemperException(
                            "Port " + port + " is taken by another program: stop it, or choose another port");
                }
            }
            Path logFolder = options.dataFolder().resolve("log");
            Map<String, String> settings = BrokerSettings.of(options, logFolder);
            format(options, logFolder);
            server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
            server.startup();
            EmbeddedBroker broker = new EmbeddedBroker(server, lock, options);
            LOG.info("Broker {} serves {} from {}", options.nodeId(), broker.bootstrapServers(), options.dataFolder());
            return broker;
        } catch (TemperException e) {
            lock.close();
            throw e;
        } catch (Exception e) {
            stop(server);
            lock.close();
            throw new TemperException(
                    "The embedded broker on " + options.dataFolder() + " did not start: " + e.getMessage()
                            + "; if the folder is damaged, delete it to start afresh",
                    e);
        }
    }

    private static void stop(@Nullable KafkaRaftServer server) {
        if (server == null) {
            return;
        }
        try {
            server.shutdown();
            server.awaitShutdown();
        } catch (RuntimeException e) {
            LOG.warn("The broker that failed to start could not be stopped in order", e);
        }
    }

    /** Formats beside the final folder and renames it, so that a kill leaves either nothing or a whole log folder. */
    private static void format(BrokerOptions options, Path logFolder) throws Exception {
        if (Files.exists(logFolder.resolve(FORMATTED))) {
            return;
        }
        Path fresh = logFolder.resolveSibling("log.formatting");
        deleteTree(fresh);
        Files.createDirectories(fresh);
        new Formatter()
                .setNodeId(options.nodeId())
                .setClusterId(options.clusterId())
                .addDirectory(fresh.toString())
                .setMetadataLogDirectory(fresh.toString())
                .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                .setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
                .run();
        Files.move(fresh, logFolder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
