package dev.temper.app.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A prompt's record as it came, kept until its outcome is forwarded. It holds all that a later output needs, since a
 * punctuator has no record to look at.
 *
 * @param timestampMs the record's timestamp, milliseconds since the epoch
 * @param arrivedMs when it was first taken in, milliseconds since the epoch; stays through crashes and rebalances
 * @param key original bytes
 * @param value original bytes
 * @param headers original headers
 * @param cutFrom bytes that the record had before it was cut to the limit; 0 where it is whole
 * @param attempts how often the model was asked and failed
 * @param rewrites how many of its answers the policy has turned down to have them written anew
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes, compared by nobody
record InboxEntry(
        Origin origin,
        long timestampMs,
        long arrivedMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        int cutFrom,
        int attempts,
        int rewrites) {

    InboxEntry( // written out: a compact constructor's arrays lose their @Nullable
            Origin origin,
            long timestampMs,
            long arrivedMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers,
            int cutFrom,
            int attempts,
            int rewrites) {
        if (cutFrom < 0 || attempts < 0 || rewrites < 0) {
            throw new IllegalArgumentException("cutFrom, attempts and rewrites must be at least 0, not " + cutFrom
                    + ", " + attempts + ", " + rewrites);
        }
        this.origin = origin;
        this.timestampMs = timestampMs;
        this.arrivedMs = arrivedMs;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.cutFrom = cutFrom;
        this.attempts = attempts;
        this.rewrites = rewrites;
    }

    /**
     * Takes a record in. One larger than {@code maxBytes} could not be written again, neither to the inbox's changelog
     * nor to the rejects topic, so as much of it as fits is kept: the key first, then the headers, then the value.
     */
    static InboxEntry of(Origin origin, Record<byte[], byte[]> record, long nowMs, int maxBytes) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(headers::add);
        int size = sizeOf(record.key(), record.value(), headers);
        if (size <= maxBytes) {
            return new InboxEntry(origin, record.timestamp(), nowMs, record.key(), record.value(), headers, 0, 0, 0);
        }
        byte[] key = cut(record.key(), maxBytes);
        int room = maxBytes - sizeOf(key, null, List.of());
        List<Header> kept = sizeOf(null, null, headers) <= room ? headers : List.of();
        byte[] value = cut(record.value(), room - sizeOf(null, null, kept));
        return new InboxEntry(origin, record.timestamp(), nowMs, key, value, kept, size, 0, 0);
    }

    /** The same after one more failed attempt. */
    InboxEntry failedAgain() {
        return new InboxEntry(origin, timestampMs, arrivedMs, key, value, headers, cutFrom, attempts + 1, rewrites);
    }

    /** The same after one more answer that is to be written anew. */
    InboxEntry rewrittenAgain() {
        return new InboxEntry(origin, timestampMs, arrivedMs, key, value, headers, cutFrom, attempts, rewrites + 1);
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int length) {
        return bytes == null || bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Bytes of a record, with room for the lengths that the wire format writes beside them. */
    static int sizeOf(byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
        int size = (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Header header : headers) {
            size += header.key().getBytes(StandardCharsets.UTF_8).length
                    + (header.value() == null ? 0 : header.value().length)
                    + 2 * Integer.BYTES;
        }
        return size;
    }

    /** Whether only a part of the record fitted. */
    boolean isCut() {
        return cutFrom > 0;
    }

    /** What orders prompts: the key where there is one; a prompt without a key is a conversation of its own. */
    Object conversation() {
        return key == null ? origin : ByteBuffer.wrap(key);
    }

    /** The key read as UTF-8. */
    @Nullable
    String keyText() {
        return key == null ? null : new String(key, StandardCharsets.UTF_8);
    }

    /** A fresh copy of the original headers. */
    Headers copyOfHeaders() {
        Headers copy = new RecordHeaders();
        headers.forEach(header -> copy.add(new RecordHeader(header.key(), header.value())));
        return copy;
    }

    /** The last header of this name, read as UTF-8. */
    @Nullable
    String header(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).key().equals(name) && headers.get(i).value() != null) {
                return new String(headers.get(i).value(), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "InboxEntry[" + origin + "]";
    }
}
