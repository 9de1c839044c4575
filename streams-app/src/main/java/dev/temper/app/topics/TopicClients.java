package dev.temper.app.topics;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Topics as the command line sees them: read whole, as far as they are committed, or written a few records at a time. */
public final class TopicClients {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a record needs beside its value, generously. */
    private static final int OVERHEAD_BYTES = 1024;

    private final SidecarConfig config;

    public TopicClients(SidecarConfig config) {
        this.config = config;
    }

    /** Something that asks the broker or the registry. */
    @FunctionalInterface
    public interface Question<T> {
        T ask() throws ExecutionException, InterruptedException;
    }

    /** @throws TemperException in place of what Kafka's clients and serdes throw */
    public static <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (KafkaException e) {
            throw new TemperException("kafka or schema_registry: " + e.getMessage() + "; `temper doctor` says more", e);
        } catch (ExecutionException e) {
            throw new TemperException("the topic did not take the record: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemperException("interrupted", e);
        }
    }

    /**
     * Gives every committed record to the consumer, each partition's in its order, up to where the topic ends now.
     *
     * @return the end of each partition
     * @throws TemperException if the broker does not answer, or the topic does not exist
     */
    public Map<Integer, Long> read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        return read(topic, false, records);
    }

    /** The same of a topic that must have one partition only, since its records need one order. */
    public void readOrdered(String topic, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        read(topic, true, records);
    }

    private Map<Integer, Long> read(String topic, boolean ordered, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        return asked(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    clientSettings(Map.of(
                            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false")),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                List<TopicPartition> all = partitions(topic, ordered, consumer.partitionsFor(topic, PATIENCE));
                consumer.assign(all);
                consumer.seekToBeginning(all);
                Map<TopicPartition, Long> ends = consumer.endOffsets(all, PATIENCE);
                List<TopicPartition> left = new ArrayList<>(all);
                while (true) {
                    left.removeIf(
                            partition -> consumer.position(partition, PATIENCE) >= ends.getOrDefault(partition, 0L));
                    if (left.isEmpty()) {
                        break;
                    }
                    consumer.poll(POLL).forEach(records);
                }
                Map<Integer, Long> offsets = new HashMap<>();
                ends.forEach((partition, end) -> offsets.put(partition.partition(), end));
                return offsets;
            }
        });
    }

    private static List<TopicPartition> partitions(String topic, boolean ordered, @Nullable List<PartitionInfo> found) {
        int count = found == null ? 0 : found.size();
        if (found == null || count == 0 || ordered && count != 1) {
            throw new TemperException("topic " + topic
                    + (count == 0 ? " does not exist" : " has " + count + " partitions")
                    + (ordered
                            ? "; create it with one partition and cleanup.policy=compact"
                            : "; create it: temper topics create --config FILE"));
        }
        return found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /**
     * Looks whether a record of this value can be written.
     *
     * @param what the value is, for the message
     * @throws TemperException if it is larger than the configuration allows
     */
    public void requireFits(String what, byte[] value, String remedy) {
        int most = config.limits().maxRecordBytes() - OVERHEAD_BYTES;
        if (value.length > most) {
            throw new TemperException("the " + what + " has " + value.length
                    + " bytes as an event, and limits.max_record_bytes leaves it " + most + "; " + remedy
                    + " the limit and the topic's max.message.bytes");
        }
    }

    /** Writes these, one after the other, and waits for each. */
    public void write(List<ProducerRecord<byte[], byte[]>> records) {
        int largest = records.stream()
                .mapToInt(record -> record.value() == null ? 0 : record.value().length)
                .max()
                .orElse(0);
        asked(() -> {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    clientSettings(Map.of(
                            ProducerConfig.ACKS_CONFIG, "all",
                            ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis(),
                            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(1 << 20, largest + OVERHEAD_BYTES))),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (ProducerRecord<byte[], byte[]> record : records) {
                    producer.send(record).get();
                }
                return records.size();
            }
        });
    }

    private Map<String, Object> clientSettings(Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.putAll(own);
        return settings;
    }
}
