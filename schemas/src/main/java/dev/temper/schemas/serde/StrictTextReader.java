package dev.temper.schemas.serde;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.io.Decoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Reads generated classes, whose texts are {@link String}s, and refuses bytes that are no UTF-8. Avro itself puts U+FFFD
 * in their place; then what is answered and judged would not be what was sent. Not thread-safe, as its parent.
 */
final class StrictTextReader<T> extends SpecificDatumReader<T> {
    /** Reports malformed input; {@link String}'s own decoding replaces it. */
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    StrictTextReader(Schema writer, Schema reader, SpecificData data) {
        super(writer, reader, data);
    }

    @Override
    protected Object readString(@Nullable Object old, Schema expected, Decoder in) throws IOException {
        return text(in);
    }

    @Override
    protected Object readMapKey(@Nullable Object old, Schema expected, Decoder in) throws IOException {
        return text(in);
    }

    /** @throws CharacterCodingException where the bytes are no text */
    private String text(Decoder in) throws IOException {
        Utf8 bytes = in.readString(null);
        return utf8.decode(ByteBuffer.wrap(bytes.getBytes(), 0, bytes.getByteLength()))
                .toString();
    }
}
