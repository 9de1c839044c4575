package dev.temper.schemas.serde;

import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The built-in counterpart of Confluent's {@code SpecificAvroSerde}: same wire format, same configuration keys, same
 * registry. Both sides share one registry client.
 *
 * @see TemperAvroSerializer
 * @see TemperAvroDeserializer
 */
public final class TemperAvroSerde<T extends SpecificRecord> implements Serde<T> {

    private @Nullable TemperAvroSerializer<T> serializer;
    private @Nullable TemperAvroDeserializer<T> deserializer;
    private @Nullable SchemaRegistryClient client;

    /** For Kafka, which calls {@link #configure} next. */
    public TemperAvroSerde() {}

    /** Shares a client. */
    public TemperAvroSerde(SchemaRegistryClient client) {
        this.client = client;
    }

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        SchemaRegistryClient shared = client == null ? new SchemaRegistryClient(new RegistryConfig(settings)) : client;
        client = shared;
        serializer = new TemperAvroSerializer<>(shared);
        serializer.configure(settings, isKey);
        deserializer = new TemperAvroDeserializer<>(shared);
        deserializer.configure(settings, isKey);
    }

    @Override
    public Serializer<T> serializer() {
        return configured(serializer);
    }

    @Override
    public Deserializer<T> deserializer() {
        return configured(deserializer);
    }

    private static <V> V configured(@Nullable V part) {
        if (part == null) {
            throw new IllegalStateException("configure() comes first");
        }
        return part;
    }
}
