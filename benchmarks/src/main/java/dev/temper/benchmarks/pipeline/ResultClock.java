package dev.temper.benchmarks.pipeline;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.serde.AvroSerdes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * When each prompt's result could be read by a client that reads committed records only. Reads on a thread of its own
 * from construction to {@link #close()}, what comes after construction.
 */
final class ResultClock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deserializer<ResultEvent> results;
    private final String rejectsTopic;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean stopping;
    private volatile @Nullable RuntimeException failure;

    /**
     * A result that was read.
     *
     * @param nanos when, {@link System#nanoTime()}
     * @param request the engine's id of its request
     */
    record Seen(long nanos, String request) {}

    ResultClock(SidecarConfig config) {
        results = AvroSerdes.values(config.serde(), ResultEvent.class, config.schemaRegistry())
                .deserializer();
        rejectsTopic = config.topics().rejects();
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(config.topics().results(), rejectsTopic).stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeking is lazy
        thread = new Thread(this::run, "bench-results");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until so many results were read.
     *
     * @param patience longest time without any new one
     * @return results by the client's id of the prompt
     * @throws TemperException when a prompt was rejected or nothing comes any more
     */
    Map<String, Seen> await(int count, Duration patience) throws InterruptedException {
        int before = -1;
        long since = System.nanoTime();
        while (seen.size() < count) {
            if (seen.size() > before) {
                before = seen.size();
                since = System.nanoTime();
            }
            RuntimeException failed = failure;
            if (failed != null) {
                throw failed;
            }
            if (System.nanoTime() - since > patience.toNanos()) {
                throw new TemperException("no result for " + patience.toSeconds() + " s, " + (count - before)
                        + " are missing; see the log");
            }
            Thread.sleep(2);
        }
        return Map.copyOf(seen);
    }

    private void run() {
        try {
            while (!stopping) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    read(record, System.nanoTime());
                }
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record, long now) {
        if (record.topic().equals(rejectsTopic)) {
            throw new TemperException("a prompt was rejected; only answers can be measured. See the log");
        }
        ResultEvent event = results.deserialize(record.topic(), record.value());
        SourceCoordinates source = event.getSource();
        String request = source.getTopic() + "-" + source.getPartition() + "@" + source.getOffset();
        seen.putIfAbsent(event.getPromptId(), new Seen(now, request));
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
    }
}
