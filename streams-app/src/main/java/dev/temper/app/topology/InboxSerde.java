package dev.temper.app.topology;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** The inbox's own binary layout. Its first byte is the layout's version: a store outlives the program that wrote it. */
final class InboxSerde {
    /** Had no counters of attempts and rewrites at its end. */
    private static final int WITHOUT_COUNTERS = 1;

    private static final int VERSION = 2;
    private static final int ABSENT = -1;

    private InboxSerde() {}

    static Serde<InboxEntry> serde() {
        return Serdes.serdeFrom((topic, entry) -> write(entry), (topic, bytes) -> read(bytes));
    }

    private static byte @Nullable [] write(@Nullable InboxEntry entry) {
        if (entry == null) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writeText(out, entry.origin().topic());
            out.writeInt(entry.origin().partition());
            out.writeLong(entry.origin().offset());
            out.writeLong(entry.timestampMs());
            out.writeLong(entry.arrivedMs());
            writeBytes(out, entry.key());
            writeBytes(out, entry.value());
            out.writeInt(entry.headers().size());
            for (Header header : entry.headers()) {
                writeText(out, header.key());
                writeBytes(out, header.value());
            }
            out.writeInt(entry.cutFrom());
            out.writeInt(entry.attempts());
            out.writeInt(entry.rewrites());
        } catch (IOException e) {
            throw new SerializationException("cannot write an inbox entry", e);
        }
        return bytes.toByteArray();
    }

    private static @Nullable InboxEntry read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version < WITHOUT_COUNTERS || version > VERSION) {
                throw new SerializationException("the inbox holds an entry of layout " + version
                        + ", but this program reads layouts up to " + VERSION
                        + "; run the newer version that wrote it until the inbox is empty");
            }
            Origin origin = new Origin(readText(in), in.readInt(), in.readLong());
            long timestampMs = in.readLong();
            long arrivedMs = in.readLong();
            byte[] key = readBytes(in);
            byte[] value = readBytes(in);
            int count = in.readInt();
            List<Header> headers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                headers.add(new RecordHeader(readText(in), readBytes(in)));
            }
            int cutFrom = in.readInt();
            boolean counted = version > WITHOUT_COUNTERS;
            int attempts = counted ? in.readInt() : 0;
            int rewrites = counted ? in.readInt() : 0;
            return new InboxEntry(origin, timestampMs, arrivedMs, key, value, headers, cutFrom, attempts, rewrites);
        } catch (IOException e) {
            throw new SerializationException("the inbox holds an entry that ends too early", e);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static void writeBytes(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            out.writeInt(ABSENT);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length == ABSENT ? null : in.readNBytes(length);
    }
}
