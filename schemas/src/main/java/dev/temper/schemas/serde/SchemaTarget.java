package dev.temper.schemas.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * How records of one class are written under one subject: the registered schema's id, and the schema itself where it is
 * not the class's own.
 */
final class SchemaTarget {

    private final byte[] header;
    private final Schema own;
    private final SpecificDatumWriter<SpecificRecord> writer;
    private final Schema registered;
    private final boolean sameLayout;

    private SchemaTarget(int id, SpecificRecord sample, Schema registered, boolean sameLayout) {
        this.header = WireFormat.header(id);
        this.own = sample.getSchema();
        this.writer = new SpecificDatumWriter<>(own, SpecificData.getForClass(sample.getClass()));
        this.registered = registered;
        this.sameLayout = sameLayout;
    }

    /** Writes records in their class's own schema. */
    static SchemaTarget own(int id, SpecificRecord sample) {
        return new SchemaTarget(id, sample, sample.getSchema(), true);
    }

    /**
     * Writes records in another version of their schema.
     *
     * @throws SerializationException if strict and that version cannot read what the class writes
     */
    static SchemaTarget other(int id, SpecificRecord sample, Schema registered, boolean strict) {
        Schema own = sample.getSchema();
        boolean same = SchemaProperties.withoutJava(registered).equals(SchemaProperties.withoutJava(own));
        if (!same && strict && !canRead(registered, own)) {
            throw new SerializationException("the registry's latest schema of " + registered.getFullName()
                    + " cannot read what this version writes; update it, or set " + AvroSerdeConfig.LATEST_STRICT
                    + "=false to try record by record");
        }
        return new SchemaTarget(id, sample, registered, same);
    }

    byte[] write(SpecificRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.write(header);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        if (sameLayout) {
            writer.write(record, encoder);
        } else {
            project(record, encoder);
        }
        encoder.flush();
        return out.toByteArray();
    }

    /** By way of the class's own binary form, so that Avro's resolution rules decide what becomes of each field. */
    private void project(SpecificRecord record, BinaryEncoder encoder) throws IOException {
        ByteArrayOutputStream own = new ByteArrayOutputStream(512);
        writer.write(record, EncoderFactory.get().directBinaryEncoder(own, null));
        Object projected = new GenericDatumReader<>(this.own, registered)
                .read(null, DecoderFactory.get().binaryDecoder(own.toByteArray(), null));
        new GenericDatumWriter<>(registered).write(projected, encoder);
    }

    private static boolean canRead(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                        .getType()
                == SchemaCompatibilityType.COMPATIBLE;
    }
}
