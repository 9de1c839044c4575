package dev.temper.schemas.serde;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * A decoder that refuses text whose bytes are no UTF-8. Avro's own puts U+FFFD in their place; then what is answered and
 * judged would not be what was sent. All else is the other decoder's. Not thread-safe.
 */
final class StrictTextDecoder extends Decoder {
    private final Decoder in;
    /** Reports malformed input; {@link String}'s own decoding replaces it. */
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    StrictTextDecoder(Decoder in) {
        this.in = in;
    }

    /** @throws CharacterCodingException where the bytes are no text */
    @Override
    public String readString() throws IOException {
        return text(in.readString(null));
    }

    @Override
    public Utf8 readString(@Nullable Utf8 old) throws IOException {
        Utf8 bytes = in.readString(old);
        text(bytes);
        return bytes;
    }

    private String text(Utf8 bytes) throws CharacterCodingException {
        return utf8.decode(ByteBuffer.wrap(bytes.getBytes(), 0, bytes.getByteLength()))
                .toString();
    }

    @Override
    public void skipString() throws IOException {
        in.skipString();
    }

    @Override
    public void readNull() throws IOException {
        in.readNull();
    }

    @Override
    public boolean readBoolean() throws IOException {
        return in.readBoolean();
    }

    @Override
    public int readInt() throws IOException {
        return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
        return in.readLong();
    }

    @Override
    public float readFloat() throws IOException {
        return in.readFloat();
    }

    @Override
    public double readDouble() throws IOException {
        return in.readDouble();
    }

    @Override
    public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
        return in.readBytes(old);
    }

    @Override
    public void skipBytes() throws IOException {
        in.skipBytes();
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) throws IOException {
        in.readFixed(bytes, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        in.skipFixed(length);
    }

    @Override
    public int readEnum() throws IOException {
        return in.readEnum();
    }

    @Override
    public long readArrayStart() throws IOException {
        return in.readArrayStart();
    }

    @Override
    public long arrayNext() throws IOException {
        return in.arrayNext();
    }

    @Override
    public long skipArray() throws IOException {
        return in.skipArray();
    }

    @Override
    public long readMapStart() throws IOException {
        return in.readMapStart();
    }

    @Override
    public long mapNext() throws IOException {
        return in.mapNext();
    }

    @Override
    public long skipMap() throws IOException {
        return in.skipMap();
    }

    @Override
    public int readIndex() throws IOException {
        return in.readIndex();
    }
}
