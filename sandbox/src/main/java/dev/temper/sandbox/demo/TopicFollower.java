package dev.temper.sandbox.demo;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import dev.temper.runtime.TemperException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the four topics from their beginnings, committed records only, into the ledger. Its life: {@link #catchUp()} by
 * its maker, {@link #follow()} by a thread of its own, {@link #finish()} by its maker again.
 */
final class TopicFollower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final EventReader reader;
    private final Ledger ledger;
    private @Nullable Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    TopicFollower(SidecarConfig config, Ledger ledger) {
        this.reader = new EventReader(config);
        this.ledger = ledger;
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TopicsConfig topics = config.topics();
        partitions = Stream.of(topics.prompts(), topics.results(), topics.flagged(), topics.rejects())
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads all that is committed at this moment. */
    void catchUp() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll();
        }
    }

    /** Goes on reading on a thread of its own. */
    void follow() {
        Thread follower = new Thread(this::run, "demo-follower");
        follower.setDaemon(true);
        thread = follower;
        follower.start();
    }

    /** Whether it still reads; it stops when a record of an output topic cannot be read. */
    boolean healthy() {
        return failure == null;
    }

    /** Ends the thread, and reads what is committed at this moment: call it when nothing writes any more. */
    void finish() throws InterruptedException {
        stop();
        if (failure != null) {
            throw new TemperException("The demo could not read its topics: " + failure.getMessage(), failure);
        }
        catchUp();
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
    }

    private void stop() throws InterruptedException {
        stopping = true;
        if (thread != null) {
            thread.join();
            thread = null;
        }
    }

    private void run() {
        try {
            while (!stopping) {
                poll();
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void poll() {
        consumer.poll(POLL).forEach(record -> reader.read(record, ledger));
    }
}
