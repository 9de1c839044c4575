package dev.temper.app.policies;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.policies.PolicyBook.Entry;
import dev.temper.app.policies.PolicyReading.Valid;
import dev.temper.app.policy.Policy;
import dev.temper.app.topics.TopicClients;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.serde.AvroSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;

/** The policies topic as people see it: read whole, written a version at a time. One thread. */
public final class PolicyTopic implements AutoCloseable {
    private final SidecarConfig config;
    private final TopicClients clients;
    private final String topic;
    private final Serde<PolicyEvent> serde;

    /** @throws TemperException if the configuration's serde cannot be made */
    public PolicyTopic(SidecarConfig config) {
        this.config = config;
        this.clients = new TopicClients(config);
        this.topic = config.topics().policies();
        this.serde =
                TopicClients.asked(() -> AvroSerdes.values(config.serde(), PolicyEvent.class, config.schemaRegistry()));
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
        clients.readOrdered(topic, record -> {
            String key = record.key() == null ? "" : new String(record.key(), UTF_8);
            PolicyReading reading = PolicyReading.read(serde.deserializer(), topic, key, record.value());
            book.put(new Entry(key, record.offset(), reading));
        });
        return book;
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
        byte[] value = TopicClients.asked(() -> serde.serializer()
                .serialize(topic, PolicyEvents.event(policy, Instant.ofEpochMilli(System.currentTimeMillis()))));
        clients.requireFits("policy", value, "shorten its blocklists, or raise");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        records.add(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
        dropped.forEach(old -> records.add(new ProducerRecord<>(topic, old.getBytes(UTF_8), null)));
        clients.write(records);
    }

    @Override
    public void close() {
        serde.close();
    }
}
