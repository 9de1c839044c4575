package dev.temper.app.topology;

import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.schemas.registry.RegistryUnavailableException;
import dev.temper.schemas.registry.UnknownSchemaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Confluent wire format over a registry of the events' schemas in memory, which can be away. */
public final class LocalAvroSerde<T extends SpecificRecord> implements Serde<T> {
    private static final List<Schema> SCHEMAS = List.of(
            PromptEvent.getClassSchema(),
            ResultEvent.getClassSchema(),
            FlaggedEvent.getClassSchema(),
            RejectEvent.getClassSchema(),
            PolicyEvent.getClassSchema(),
            VerdictEvent.getClassSchema(),
            SubspaceEvent.getClassSchema());

    private final AtomicBoolean away;

    public LocalAvroSerde(AtomicBoolean away) {
        this.away = away;
    }

    @Override
    public Serializer<T> serializer() {
        return (topic, event) -> {
            requireRegistry();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(ByteBuffer.allocate(5)
                    .put((byte) 0)
                    .putInt(SCHEMAS.indexOf(event.getSchema()))
                    .array());
            try {
                BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
                new SpecificDatumWriter<T>(event.getSchema(), SpecificData.getForSchema(event.getSchema()))
                        .write(event, encoder);
                encoder.flush();
            } catch (IOException e) {
                throw new SerializationException(e);
            }
            return bytes.toByteArray();
        };
    }

    @Override
    public Deserializer<T> deserializer() {
        return (topic, bytes) -> {
            if (bytes.length < 5 || bytes[0] != 0) {
                throw new SerializationException("no wire format");
            }
            requireRegistry();
            int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
            if (id < 0 || id >= SCHEMAS.size()) {
                throw new UnknownSchemaException("no schema " + id);
            }
            try {
                return new SpecificDatumReader<T>(
                                SCHEMAS.get(id), SCHEMAS.get(id), SpecificData.getForSchema(SCHEMAS.get(id)))
                        .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
            } catch (IOException | RuntimeException e) {
                throw new SerializationException(e);
            }
        };
    }

    private void requireRegistry() {
        if (away.get()) {
            throw new RegistryUnavailableException("the registry is away", null);
        }
    }
}
