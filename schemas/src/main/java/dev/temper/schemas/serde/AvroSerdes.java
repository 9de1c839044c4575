package dev.temper.schemas.serde;

import dev.temper.schemas.event.TrustedEvents;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;

/** Makes the serde that the configuration names: the built-in one, Confluent's, or any other of their kind. */
public final class AvroSerdes {

    /** The class that is used unless the configuration names another. */
    public static final String DEFAULT_SERDE = TemperAvroSerde.class.getName();

    /** Confluent's; there after a build with {@code -Pconfluent}. */
    public static final String CONFLUENT_SERDE = "io.confluent.kafka.streams.serdes.avro.SpecificAvroSerde";

    static {
        TrustedEvents.allow();
    }

    private AvroSerdes() {}

    /**
     * A configured serde for values of one type.
     *
     * <p>Whatever class it is, its deserializer refuses a record of another type with a {@link SerializationException},
     * so that a stray record is rejected and does not break the topology at its first cast.
     *
     * @param className a {@link Serde} with a public constructor without arguments
     * @param settings the registry's address and whatever else the class knows
     * @throws ConfigException if there is no such class, or it refuses the settings
     */
    public static <T extends SpecificRecord> Serde<T> values(String className, Class<T> type, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(AvroSerdeConfig.SPECIFIC_READER, true);
        all.put(AvroSerdeConfig.VALUE_TYPE, type.getName());
        all.putIfAbsent(AvroSerdeConfig.REMOVE_JAVA_PROPERTIES, true);
        Serde<T> serde = instantiate(className);
        serde.configure(all, false);
        return Serdes.serdeFrom(serde.serializer(), checked(serde.deserializer(), type));
    }

    @SuppressWarnings("unchecked") // The deserializer is checked record by record; serializers take any record.
    private static <T> Serde<T> instantiate(String className) {
        try {
            Class<?> type = Class.forName(className, true, Utils.getContextOrKafkaClassLoader());
            return (Serde<T>) type.asSubclass(Serde.class).getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            String cure = className.startsWith("io.confluent.") ? "; build with -Pconfluent to have it" : "";
            throw new ConfigException("Serde class " + className + " is not on the class path" + cure);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new ConfigException(
                    "Class " + className + " is not a Serde with a public constructor without arguments");
        }
    }

    private static <T> Deserializer<T> checked(Deserializer<T> deserializer, Class<T> type) {
        return new Deserializer<>() {
            @Override
            public T deserialize(String topic, byte[] bytes) {
                Object record = deserializer.deserialize(topic, bytes);
                if (record != null && !type.isInstance(record)) {
                    throw new SerializationException("the record is a "
                            + record.getClass().getSimpleName() + ", where a " + type.getSimpleName() + " is due");
                }
                return type.cast(record);
            }

            @Override
            public void close() {
                deserializer.close();
            }
        };
    }
}
