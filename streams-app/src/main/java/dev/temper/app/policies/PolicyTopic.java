package dev.temper.app.policies;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.policies.PolicyBook.Entry;
import dev.temper.app.policies.PolicyReading.Valid;
import dev.temper.app.policy.Policy;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
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
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** The policies topic as people see it: read whole, written a version at a time. One thread. */
public final class PolicyTopic implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a record needs beside its value, generously. */
    private static final int OVERHEAD_BYTES = 1024;

    private final SidecarConfig config;
    private final String topic;
    private final Serde<PolicyEvent> serde;

    /** @throws TemperException if the configuration's serde cannot be made */
    public PolicyTopic(SidecarConfig config) {
        this.config = config;
        this.topic = config.topics().policies();
        this.serde = asked(() -> AvroSerdes.values(config.serde(), PolicyEvent.class, config.schemaRegistry()));
    }

    /** What a publication came to. */
    public record Published(boolean written, List<String> dropped) {}

    /**
     * What is in force by what the topic holds now.
     *
     * @throws TemperException if broker or registry do not answer, or the topic is not as it must be
     */
    public PolicyBook read() {
        PolicyBook book = new PolicyBook(config.policy());
        asked(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    clientSettings(Map.of(
                            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false")),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                TopicPartition partition = onlyPartition(consumer.partitionsFor(topic, PATIENCE));
                List<TopicPartition> all = List.of(partition);
                consumer.assign(all);
                consumer.seekToBeginning(all);
                long end = consumer.endOffsets(all, PATIENCE).getOrDefault(partition, 0L);
                while (consumer.position(partition, PATIENCE) < end) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
                        PolicyReading reading = PolicyReading.read(serde.deserializer(), topic, key, record.value());
                        book.put(new Entry(key, record.offset(), reading));
                    }
                }
            }
            return book;
        });
        return book;
    }

    private TopicPartition onlyPartition(@Nullable List<PartitionInfo> partitions) {
        int count = partitions == null ? 0 : partitions.size();
        if (count != 1) {
            throw new TemperException(
                    "topic " + topic + (count == 0 ? " does not exist" : " has " + count + " partitions")
                            + "; create it with one partition and cleanup.policy=compact");
        }
        return new TopicPartition(topic, 0);
    }

    /**
     * Puts a policy in force: as a new version, or an earlier one again. Nothing is written where it is in force already.
     *
     * @param keep how many versions of the same tenant (or of everyone's) stay, the new one included; older ones are
     *     dropped
     * @throws TemperException if its version is another policy's, if it is too large, or as in {@link #read}
     */
    public Published publish(Policy policy, int keep) {
        String key = PolicyEvents.key(policy);
        List<Entry> same = read().entries().stream()
                .filter(entry -> entry.reading() instanceof Valid valid
                        && PolicyEvents.tenant(valid.policy()).equals(PolicyEvents.tenant(policy)))
                .toList();
        for (Entry entry : same) {
            if (entry.key().equals(key) && !entry.reading().equals(new Valid(policy))) {
                throw new TemperException("version " + policy.version()
                        + " is published already, with another content; give this one another version");
            }
        }
        if (!same.isEmpty() && same.get(same.size() - 1).key().equals(key)) {
            return new Published(false, List.of());
        }
        List<String> older = same.stream()
                .map(Entry::key)
                .filter(known -> !known.equals(key))
                .toList();
        List<String> dropped = older.subList(0, Math.max(0, older.size() - (keep - 1)));
        write(key, policy, dropped);
        return new Published(true, dropped);
    }

    private void write(String key, Policy policy, List<String> dropped) {
        byte[] value = asked(() -> serde.serializer()
                .serialize(topic, PolicyEvents.event(policy, Instant.ofEpochMilli(System.currentTimeMillis()))));
        int most = config.limits().maxRecordBytes() - OVERHEAD_BYTES;
        if (value.length > most) {
            throw new TemperException(
                    "the policy has " + value.length + " bytes as an event, and limits.max_record_bytes"
                            + " leaves it " + most + "; shorten its blocklists, or raise the limit and the topic's"
                            + " max.message.bytes");
        }
        asked(() -> {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    clientSettings(Map.of(
                            ProducerConfig.ACKS_CONFIG, "all",
                            ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis(),
                            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(1 << 20, value.length + OVERHEAD_BYTES))),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))
                        .get();
                for (String old : dropped) {
                    producer.send(new ProducerRecord<byte[], byte[]>(topic, old.getBytes(UTF_8), null))
                            .get();
                }
                return key;
            }
        });
    }

    private Map<String, Object> clientSettings(Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.putAll(own);
        return settings;
    }

    /** Something that asks the broker or the registry. */
    private interface Question<T> {
        T ask() throws ExecutionException, InterruptedException;
    }

    private static <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (KafkaException e) {
            throw new TemperException("kafka or schema_registry: " + e.getMessage() + "; `temper doctor` says more", e);
        } catch (ExecutionException e) {
            throw new TemperException("the topic did not take the policy: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemperException("interrupted", e);
        }
    }

    @Override
    public void close() {
        serde.close();
    }
}
