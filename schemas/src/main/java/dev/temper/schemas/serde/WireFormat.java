package dev.temper.schemas.serde;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Confluent wire format: a magic byte 0, the schema's id as 4 bytes big-endian, then the value in Avro's binary
 * encoding.
 */
final class WireFormat {

    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 1 + Integer.BYTES;

    private WireFormat() {}

    /** @throws SerializationException if the bytes cannot be Confluent wire format */
    static int schemaId(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            throw new SerializationException("not Confluent wire format: " + bytes.length + " bytes, where the header "
                    + "alone has " + HEADER_BYTES);
        }
        if (bytes[0] != MAGIC) {
            throw new SerializationException(
                    "not Confluent wire format: the first byte is " + bytes[0] + ", where the magic byte is " + MAGIC);
        }
        int id = ByteBuffer.wrap(bytes).getInt(1);
        if (id < 0) {
            throw new SerializationException("not Confluent wire format: schema id " + id + " is negative");
        }
        return id;
    }

    static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
    }
}
