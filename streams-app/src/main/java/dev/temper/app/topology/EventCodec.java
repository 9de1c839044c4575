package dev.temper.app.topology;

import dev.temper.app.policies.PolicyReading;
import dev.temper.app.subspaces.SubspaceReading;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import dev.temper.schemas.serde.AvroSerdes;
import dev.temper.schemas.serde.SerdeFailure;
import dev.temper.schemas.serde.TemperAvroSerde;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to events and back, through the configured serde. A record that is at fault is a value
 * ({@link Decoded.Unreadable}); a registry that is away or refuses us is a {@link RegistryOutageException}, after which
 * the same call may succeed. Serdes are not thread-safe, so each task has its own codec.
 */
public final class EventCodec implements AutoCloseable {

    /** The registry client's settings where the configuration says nothing: short, since a stream thread waits. */
    private static final Map<String, String> SHORT_WAITS = Map.of(
            RegistryConfig.CONNECT_TIMEOUT_MS, "2000",
            RegistryConfig.READ_TIMEOUT_MS, "5000",
            // The processor tries again by itself, between other work.
            RegistryConfig.MAX_RETRIES, "0");

    /** What a value turned out to be. */
    sealed interface Decoded {
        record Prompt(PromptEvent event) implements Decoded {}

        record Unreadable(RejectReason reason, String detail, Throwable cause) implements Decoded {}
    }

    private final Deserializer<?> prompts;
    private final Deserializer<?> policies;
    private final Deserializer<?> subspaces;
    private final Serializer<SpecificRecord> serializer;

    /** A serde that reads every event, by the writer's schema. */
    EventCodec(Serde<? extends SpecificRecord> serde) {
        this(serde, serde.deserializer(), serde.deserializer());
    }

    @SuppressWarnings("unchecked") // Avro serializers take any record, whatever type their serde reads.
    private EventCodec(Serde<? extends SpecificRecord> serde, Deserializer<?> policies, Deserializer<?> subspaces) {
        this.prompts = serde.deserializer();
        this.policies = policies;
        this.subspaces = subspaces;
        Serializer<SpecificRecord> any = (Serializer<SpecificRecord>) serde.serializer();
        this.serializer = (topic, event) -> serialize(any, topic, event);
    }

    /**
     * Makes codecs, one for each task.
     *
     * @param serdeClass name of a serde of Avro's generated records with a constructor without parameters
     * @param settings passed on to it as they are
     * @throws TemperException if there is no such class, or it refuses the settings
     */
    public static Supplier<EventCodec> factory(String serdeClass, Map<String, String> settings) {
        Map<String, Object> effective = new LinkedHashMap<>(SHORT_WAITS);
        effective.putAll(settings);
        try {
            if (!serdeClass.equals(AvroSerdes.DEFAULT_SERDE)) {
                // Made once here too, so that bad settings show before the first task does.
                AvroSerdes.values(serdeClass, PromptEvent.class, effective).close();
                return () -> new EventCodec(
                        AvroSerdes.values(serdeClass, PromptEvent.class, effective),
                        AvroSerdes.values(serdeClass, PolicyEvent.class, effective)
                                .deserializer(),
                        AvroSerdes.values(serdeClass, SubspaceEvent.class, effective)
                                .deserializer());
            }
            // One client for all tasks: an id that one of them has learnt is known to all.
            SchemaRegistryClient client = new SchemaRegistryClient(new RegistryConfig(effective));
            return () -> {
                TemperAvroSerde<PromptEvent> serde = new TemperAvroSerde<>(client);
                serde.configure(effective, false);
                return new EventCodec(serde);
            };
        } catch (KafkaException e) {
            throw new TemperException("schema_registry: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a prompt's value.
     *
     * @throws RegistryOutageException if the registry is needed and away
     */
    Decoded read(String topic, byte[] value) {
        try {
            Object event = prompts.deserialize(topic, value);
            return event instanceof PromptEvent prompt
                    ? new Decoded.Prompt(prompt)
                    : unreadable(new ClassCastException());
        } catch (RuntimeException e) {
            return switch (SerdeFailure.of(e)) {
                case UNREADABLE_RECORD -> unreadable(e);
                case UNKNOWN_SCHEMA ->
                    new Decoded.Unreadable(
                            RejectReason.UNKNOWN_SCHEMA,
                            "the schema registry does not have the schema id that the value names; write it with this"
                                    + " service's registry",
                            e);
                case REGISTRY_UNAVAILABLE, REGISTRY_REFUSED -> throw new RegistryOutageException(e);
            };
        }
    }

    /**
     * Reads a policy's record.
     *
     * @param key the record's key, read as UTF-8
     * @throws RegistryOutageException if the registry is needed and away
     */
    PolicyReading readPolicy(String topic, String key, byte @Nullable [] value) {
        try {
            return PolicyReading.read(policies, topic, key, value);
        } catch (RuntimeException e) {
            throw new RegistryOutageException(e);
        }
    }

    /** The same of a subspace's record. */
    SubspaceReading readSubspace(String topic, String key, byte @Nullable [] value) {
        try {
            return SubspaceReading.read(subspaces, topic, key, value);
        } catch (RuntimeException e) {
            throw new RegistryOutageException(e);
        }
    }

    private static Decoded unreadable(RuntimeException e) {
        return new Decoded.Unreadable(
                RejectReason.UNREADABLE_RECORD,
                "the value is no PromptEvent in Confluent wire format (a zero byte, a 4-byte schema id, Avro); write it"
                        + " with an Avro serializer and this service's registry",
                e);
    }

    /** Writes events for a topic; a {@link RegistryOutageException} if the registry is needed and away. */
    Serializer<SpecificRecord> serializer() {
        return serializer;
    }

    private static byte[] serialize(Serializer<SpecificRecord> serializer, String topic, SpecificRecord event) {
        try {
            return serializer.serialize(topic, event);
        } catch (RuntimeException e) {
            if (SerdeFailure.of(e).recordAtFault()) {
                throw e;
            }
            throw new RegistryOutageException(e);
        }
    }

    @Override
    public void close() {
        prompts.close();
        policies.close();
        subspaces.close();
        serializer.close();
    }
}
