package dev.temper.app.moderation.store;

import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import dev.temper.schemas.serde.AvroSerdes;
import dev.temper.schemas.serde.TemperAvroSerde;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The service's own events, read and written through the configured serde. What cannot be read is the serde's exception,
 * which {@link dev.temper.schemas.serde.SerdeFailure} tells apart. Serdes are not thread-safe: one for each thread.
 */
public final class Events implements AutoCloseable {
    private static final List<Class<? extends SpecificRecord>> TYPES =
            List.of(ResultEvent.class, FlaggedEvent.class, RejectEvent.class, VerdictEvent.class);

    private final Map<Class<?>, Deserializer<?>> deserializers;
    private final Serializer<VerdictEvent> verdicts;

    /** @param deserializers one for each type */
    Events(Map<Class<?>, Deserializer<?>> deserializers, Serializer<VerdictEvent> verdicts) {
        this.deserializers = deserializers;
        this.verdicts = verdicts;
    }

    /**
     * Makes readers; those of the built-in serde share what they learn of the registry.
     *
     * @throws KafkaException if the serde refuses its settings
     */
    public static Supplier<Events> factory(SidecarConfig config) {
        Map<String, Object> settings = new LinkedHashMap<>(
                Map.of(RegistryConfig.CONNECT_TIMEOUT_MS, "2000", RegistryConfig.READ_TIMEOUT_MS, "5000"));
        settings.putAll(config.schemaRegistry());
        if (!config.serde().equals(AvroSerdes.DEFAULT_SERDE)) {
            return () -> new Events(
                    TYPES.stream().collect(Collectors.toMap(type -> type, type -> AvroSerdes.values(
                                    config.serde(), type, settings)
                            .deserializer())),
                    AvroSerdes.values(config.serde(), VerdictEvent.class, settings)
                            .serializer());
        }
        SchemaRegistryClient client = new SchemaRegistryClient(new RegistryConfig(settings));
        return () -> {
            TemperAvroSerde<VerdictEvent> serde = new TemperAvroSerde<>(client);
            serde.configure(settings, false);
            Deserializer<?> any = serde.deserializer();
            return new Events(TYPES.stream().collect(Collectors.toMap(type -> type, type -> any)), serde.serializer());
        };
    }

    /** A value of a topic as an event of this type; a {@link ClassCastException} where it is another. */
    public <T extends SpecificRecord> T read(Class<T> type, String topic, byte[] value) {
        return type.cast(deserializer(type).deserialize(topic, value));
    }

    /** The reject event in a record's headers; nothing where Kafka Streams itself put the record there. */
    Optional<RejectEvent> readReject(String topic, Headers headers) {
        @SuppressWarnings("unchecked") // a cast of the event itself follows
        Deserializer<? extends RejectEvent> rejects =
                (Deserializer<? extends RejectEvent>) deserializer(RejectEvent.class);
        return RejectHeaders.read(headers, topic, rejects).map(RejectEvent.class::cast);
    }

    private Deserializer<?> deserializer(Class<?> type) {
        Deserializer<?> found = deserializers.get(type);
        if (found == null) {
            throw new IllegalArgumentException(type.getSimpleName() + " is not read here");
        }
        return found;
    }

    /** A verdict as the topic's value. */
    public byte[] write(String topic, VerdictEvent verdict) {
        return verdicts.serialize(topic, verdict);
    }

    @Override
    public void close() {
        deserializers.values().forEach(Deserializer::close);
        verdicts.close();
    }
}
