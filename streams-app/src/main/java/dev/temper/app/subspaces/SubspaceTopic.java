package dev.temper.app.subspaces;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.SubspaceConfig;
import dev.temper.app.subspaces.SubspaceBook.Entry;
import dev.temper.app.subspaces.SubspaceReading.Valid;
import dev.temper.app.topics.TopicClients;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.serde.AvroSerdes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;

/** The subspaces topic as people see it: read whole, written a version at a time. One thread. */
public final class SubspaceTopic implements AutoCloseable {
    private final TopicClients clients;
    private final String topic;
    private final Map<String, SubspaceVersion> configured;
    private final Serde<SubspaceEvent> serde;

    /** @throws TemperException if a configured subspace file or the configuration's serde is wrong */
    public SubspaceTopic(SidecarConfig config) {
        this.clients = new TopicClients(config);
        this.topic = config.topics().subspaces();
        this.configured = configured(config);
        this.serde = TopicClients.asked(
                () -> AvroSerdes.values(config.serde(), SubspaceEvent.class, config.schemaRegistry()));
    }

    private static Map<String, SubspaceVersion> configured(SidecarConfig config) {
        Map<String, SubspaceVersion> versions = new LinkedHashMap<>();
        config.engine()
                .subspaces()
                .forEach((String name, SubspaceConfig subspace) -> versions.put(
                        name,
                        new SubspaceVersion(SubspaceFile.read(subspace.file()), SubspaceFile.hash(subspace.file()))));
        return versions;
    }

    /** What a publication came to. */
    public record Published(boolean written, List<String> dropped) {}

    /**
     * What is in force by what the topic holds now, for the model that the configured subspaces were fitted on.
     *
     * @throws TemperException if broker or registry do not answer, or the topic is not as it must be
     */
    public SubspaceBook read() {
        SubspaceBook book = new SubspaceBook(configured);
        clients.readOrdered(topic, record -> {
            String key = record.key() == null ? "" : new String(record.key(), UTF_8);
            book.put(key, record.offset(), SubspaceReading.read(serde.deserializer(), topic, key, record.value()));
        });
        return book;
    }

    /**
     * Puts a version in force: a new one, or an earlier one again. Nothing is written where it is in force already.
     *
     * @param keep how many versions of this name stay, this one included; older ones are dropped
     * @throws TemperException if it may not guide the configured model, or as in {@link #read}
     */
    public Published publish(SubspaceEvent event, int keep) {
        SubspaceBook book = read();
        Valid now = book.published().get(event.getName());
        if (now != null && now.event().getVersion().equals(event.getVersion())) {
            return new Published(false, List.of());
        }
        String key = SubspaceReading.key(event);
        SubspaceReading own = new SubspaceBook(configured).put(key, 0, SubspaceReading.of(key, event));
        if (own instanceof SubspaceReading.Invalid invalid) {
            throw new TemperException("this version may not be published: " + invalid.reason());
        }
        byte[] value = TopicClients.asked(() -> serde.serializer().serialize(topic, event));
        clients.requireFits("subspace", value, "raise");
        List<String> older = keys(book, event.getName()).stream()
                .filter(known -> !known.equals(key))
                .toList();
        List<String> dropped = older.subList(0, Math.max(0, older.size() - (keep - 1)));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        records.add(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
        dropped.forEach(old -> records.add(withdrawal(old)));
        clients.write(records);
        return new Published(true, dropped);
    }

    /** Withdraws all versions of a name, so that the configured one is in force again; returns their keys. */
    public List<String> withdraw(String name) {
        List<String> keys = keys(read(), name);
        clients.write(keys.stream().map(this::withdrawal).toList());
        return keys;
    }

    private ProducerRecord<byte[], byte[]> withdrawal(String key) {
        return new ProducerRecord<>(topic, key.getBytes(UTF_8), null);
    }

    private static List<String> keys(SubspaceBook book, String name) {
        return book.entries().stream()
                .map(Entry::key)
                .filter(key -> key.startsWith(name + "/"))
                .toList();
    }

    @Override
    public void close() {
        serde.close();
    }
}
