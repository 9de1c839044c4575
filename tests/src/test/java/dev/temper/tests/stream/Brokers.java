package dev.temper.tests.stream;

import dev.temper.sandbox.Loopback;
import dev.temper.sandbox.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/** A cluster of embedded brokers, each of which can be stopped and started again with its ports and its data. */
public final class Brokers implements Cluster {
    private final Path folder;
    private final Duration session;
    private final List<Integer> ports;
    private final Map<Integer, Integer> controllers = new TreeMap<>();
    private final String clusterId = Uuid.randomUuid().toString();
    private final EmbeddedBroker[] nodes;

    /** @param session how long a broker may be silent until the others take it for gone */
    Brokers(Path folder, int count, Duration session) {
        this.folder = folder;
        this.session = session;
        List<Integer> free = Loopback.freePorts(2 * count);
        ports = new ArrayList<>(free.subList(0, count));
        for (int node = 0; node < count; node++) {
            controllers.put(node + 1, free.get(count + node));
        }
        nodes = new EmbeddedBroker[count];
        inParallel(this::start);
    }

    public int count() {
        return nodes.length;
    }

    @Override
    public String bootstrapServers() {
        return ports.stream().map(port -> Loopback.HOST + ":" + port).collect(Collectors.joining(","));
    }

    public void stop(int node) {
        nodes[node].close();
    }

    public void start(int node) {
        nodes[node] = EmbeddedBroker.builder(folder.resolve("broker-" + node))
                .port(ports.get(node))
                .cluster(node + 1, controllers, clusterId)
                // By default a transaction that timed out is ended up to 10 s later.
                .setting("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000")
                .setting("broker.session.timeout.ms", Long.toString(session.toMillis()))
                .start();
    }

    @Override
    public void interrupt(Duration outage) throws InterruptedException {
        interrupt(0, outage);
    }

    /** One of them goes away for so long. */
    public void interrupt(int node, Duration outage) throws InterruptedException {
        stop(node);
        Thread.sleep(outage.toMillis());
        start(node);
    }

    /** Each waits for most of the others, at its start and at its end. */
    private void inParallel(IntConsumer task) {
        ExecutorService threads = Executors.newFixedThreadPool(nodes.length);
        try {
            IntStream.range(0, nodes.length)
                    .mapToObj(node -> CompletableFuture.runAsync(() -> task.accept(node), threads))
                    .toList()
                    .forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
    }

    @Override
    public void close() {
        inParallel(this::stop);
    }
}
