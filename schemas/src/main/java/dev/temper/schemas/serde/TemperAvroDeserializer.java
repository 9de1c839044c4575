package dev.temper.schemas.serde;

import dev.temper.schemas.event.TrustedEvents;
import dev.temper.schemas.registry.BoundedCache;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.RegistryUnavailableException;
import dev.temper.schemas.registry.SchemaRegistryClient;
import dev.temper.schemas.registry.UnknownSchemaException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Confluent wire format into generated Avro records, in the reader's schema: that of {@value
 * AvroSerdeConfig#VALUE_TYPE}, or else of the class that the writer's schema names. Not thread-safe, as Kafka has it.
 * Waits for the registry when a schema id is first seen, never after.
 *
 * <p>Whose fault a failure is can be told by its class:
 *
 * <ul>
 *   <li>{@link SerializationException}: the record's. Its bytes are malformed, or its schema does not fit; {@link
 *       UnknownSchemaException} if the registry does not have the schema. The message holds no content.
 *   <li>{@link RegistryUnavailableException} (retriable), {@link RegistryRefusedException}: not the record's.
 * </ul>
 *
 * <p>Text must be UTF-8 to the last byte.
 *
 * <p>A payload cannot make it allocate much more than its own size: Avro checks each length against what is left.
 */
public final class TemperAvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {

    static {
        TrustedEvents.allow();
    }

    private static final int MAX_READERS = 1_000;

    private final BoundedCache<Integer, SpecificDatumReader<T>> readers = new BoundedCache<>(MAX_READERS);
    private @Nullable SchemaRegistryClient client;
    private @Nullable Class<? extends SpecificRecord> type;
    private @Nullable BinaryDecoder reusable;

    /** For Kafka, which calls {@link #configure} next. */
    public TemperAvroDeserializer() {}

    /** Shares a client. */
    public TemperAvroDeserializer(SchemaRegistryClient client) {
        this.client = client;
    }

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        type = new AvroSerdeConfig(settings, isKey).type();
        if (client == null) {
            client = new SchemaRegistryClient(new RegistryConfig(settings));
        }
    }

    @Override
    public @Nullable T deserialize(@Nullable String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        int id = WireFormat.schemaId(bytes);
        SpecificDatumReader<T> reader = readers.get(id);
        if (reader == null) {
            reader = reader(id);
            readers.put(id, reader);
        }
        return read(id, reader, bytes);
    }

    private T read(int id, SpecificDatumReader<T> reader, byte[] bytes) {
        try {
            BinaryDecoder decoder = DecoderFactory.get()
                    .binaryDecoder(bytes, WireFormat.HEADER_BYTES, bytes.length - WireFormat.HEADER_BYTES, reusable);
            reusable = decoder;
            T record = reader.read(null, new StrictTextDecoder(decoder));
            if (!decoder.isEnd()) {
                throw malformed(id, reader, "bytes are left after the record", null);
            }
            return record;
        } catch (SerializationException e) {
            throw e;
        } catch (AvroTypeException e) {
            // Speaks of schemas alone.
            throw malformed(id, reader, "the writer's schema cannot be read as ours: " + e.getMessage(), e);
        } catch (EOFException e) {
            throw malformed(id, reader, "it ends too early, or claims a length beyond its end", e);
        } catch (CharacterCodingException e) {
            // Without the cause: an IOException in the chain would read as the registry's fault.
            throw malformed(id, reader, "its text is not UTF-8", null);
        } catch (IOException | RuntimeException e) {
            throw malformed(
                    id,
                    reader,
                    "it is not what its schema says (" + e.getClass().getSimpleName() + ")",
                    e);
        } catch (StackOverflowError e) {
            // A schema that holds itself lets a small payload nest as deep as it is long.
            throw malformed(id, reader, "it is nested too deeply", null);
        }
    }

    private static SerializationException malformed(
            int id, SpecificDatumReader<?> reader, String what, @Nullable Exception cause) {
        return new SerializationException(
                "malformed Avro of schema id " + id + " (" + reader.getSchema().getFullName() + "): " + what, cause);
    }

    @SuppressWarnings("unchecked") // Whether T is the class is for the caller to say, as with every Kafka deserializer.
    private SpecificDatumReader<T> reader(int id) {
        if (client == null) {
            throw new IllegalStateException("configure() comes before deserialize()");
        }
        Schema writer = client.schemaById(id);
        Class<?> target = type != null ? type : SpecificData.get().getClass(writer);
        if (writer.getType() != Schema.Type.RECORD
                || target == null
                || !SpecificRecord.class.isAssignableFrom(target)) {
            throw new SerializationException("schema id " + id + " is " + writer.getFullName()
                    + ", for which this application has no generated class");
        }
        if (EmptyItems.in(writer)) {
            throw new SerializationException("schema id " + id + " (" + writer.getFullName()
                    + ") has an array whose items take no bytes, which is not read here");
        }
        SpecificData data = SpecificData.getForClass((Class<T>) target);
        return new SpecificDatumReader<>(writer, data.getSchema(target), data);
    }
}
