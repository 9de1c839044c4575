package dev.temper.schemas.serde;

import dev.temper.schemas.registry.BoundedCache;
import dev.temper.schemas.registry.RegisteredSchema;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.RegistryUnavailableException;
import dev.temper.schemas.registry.SchemaRegistryClient;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes generated Avro records in Confluent wire format. Not thread-safe, as Kafka has it. Waits for the registry when
 * a schema is first written, never after.
 *
 * <p>Throws {@link RegistryUnavailableException} (retriable) or {@link RegistryRefusedException} when the registry gives
 * no id, {@link SerializationException} when the record breaks its own schema, a required field that is null for one.
 */
public final class TemperAvroSerializer<T extends SpecificRecord> implements Serializer<T> {

    private static final int MAX_TARGETS = 1_000;

    private record TargetKey(String subject, Schema schema) {}

    private final BoundedCache<TargetKey, SchemaTarget> targets = new BoundedCache<>(MAX_TARGETS);
    private @Nullable SchemaRegistryClient client;
    private @Nullable AvroSerdeConfig config;

    /** For Kafka, which calls {@link #configure} next. */
    public TemperAvroSerializer() {}

    /** Shares a client. */
    public TemperAvroSerializer(SchemaRegistryClient client) {
        this.client = client;
    }

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        config = new AvroSerdeConfig(settings, isKey);
        if (client == null) {
            client = new SchemaRegistryClient(new RegistryConfig(settings));
        }
    }

    @Override
    public byte @Nullable [] serialize(@Nullable String topic, @Nullable T record) {
        if (record == null) {
            return null;
        }
        if (config == null || client == null) {
            throw new IllegalStateException("configure() comes before serialize()");
        }
        Schema schema = record.getSchema();
        TargetKey key = new TargetKey(config.subject(topic, schema.getFullName()), schema);
        SchemaTarget target = targets.get(key);
        if (target == null) {
            target = target(client, config, key.subject(), record);
            targets.put(key, target);
        }
        try {
            return target.write(record);
        } catch (IOException | AvroRuntimeException | NullPointerException | ClassCastException e) {
            // Avro's message may quote the value; its class is enough to find the fault in the stack trace.
            throw new SerializationException("a " + schema.getFullName() + " does not fit its schema ("
                    + e.getClass().getSimpleName() + ")");
        }
    }

    private static SchemaTarget target(
            SchemaRegistryClient client, AvroSerdeConfig config, String subject, SpecificRecord sample) {
        Schema registrable = config.registrable(sample.getSchema());
        if (config.getBoolean(AvroSerdeConfig.AUTO_REGISTER)) {
            return SchemaTarget.own(client.register(subject, registrable), sample);
        }
        if (config.getBoolean(AvroSerdeConfig.USE_LATEST)) {
            RegisteredSchema latest = client.latest(subject);
            return SchemaTarget.other(
                    latest.id(), sample, latest.schema(), config.getBoolean(AvroSerdeConfig.LATEST_STRICT));
        }
        return SchemaTarget.own(client.lookup(subject, registrable), sample);
    }
}
