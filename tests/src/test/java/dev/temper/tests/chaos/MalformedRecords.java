package dev.temper.tests.chaos;

import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.Role;
import dev.temper.tests.chaos.Load.Draft;
import dev.temper.tests.chaos.Sent.Due;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.serialization.Serializer;

/** Makes records that are no prompts, of every kind that came to mind; the same seed makes the same ones. */
final class MalformedRecords {
    private static final int HEADER_BYTES = 5;

    private final Serializer<PromptEvent> serializer;
    private final String topic;
    private final Random random;

    MalformedRecords(Serializer<PromptEvent> serializer, String topic, long seed) {
        this.serializer = serializer;
        this.topic = topic;
        this.random = new Random(seed);
    }

    Draft next() {
        byte[] value =
                switch (random.nextInt(8)) {
                    case 0 -> fuzzed(random.nextInt(200));
                    case 1 -> fuzzedAfter(HEADER_BYTES);
                    case 2 -> wrongId();
                    case 3 -> truncated();
                    case 4 -> hugeLength();
                    case 5 -> hugeField();
                    case 6 -> invalidUtf8();
                    default -> noConversation();
                };
        return new Draft("", value, Due.REJECT);
    }

    private byte[] fuzzed(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] good() {
        return serializer.serialize(
                topic,
                PromptEvent.newBuilder()
                        .setMessages(List.of(new Message(Role.USER, "malformed " + random.nextInt())))
                        .build());
    }

    /** The right schema id, then noise; noise that happens to be a prompt does not happen in so few bytes of it. */
    private byte[] fuzzedAfter(int length) {
        byte[] noise = fuzzed(20 + random.nextInt(200));
        System.arraycopy(good(), 0, noise, 0, length);
        return noise;
    }

    private byte[] wrongId() {
        byte[] bytes = good();
        ByteBuffer.wrap(bytes).putInt(1, 1_000_000 + random.nextInt(1_000_000));
        return bytes;
    }

    private byte[] truncated() {
        byte[] bytes = good();
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }

    /** A prompt of which a field claims two gigabytes. */
    private byte[] hugeLength() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(good(), 0, HEADER_BYTES);
        bytes.write(0); // no id
        bytes.writeBytes(new byte[] {-2, -1, -1, -1, 15}); // the tenant's length: 2^31 - 1
        bytes.writeBytes(fuzzed(random.nextInt(50)));
        return bytes.toByteArray();
    }

    /** Longer than any name may be. */
    private byte[] hugeField() {
        PromptEvent event = PromptEvent.newBuilder()
                .setTenant("t".repeat(1_000 + random.nextInt(50_000)))
                .setPrompt("malformed " + random.nextInt())
                .build();
        return serializer.serialize(topic, event);
    }

    /** A text with a byte that no text has. */
    private byte[] invalidUtf8() {
        byte[] bytes = good();
        byte[] marker = "malformed".getBytes(StandardCharsets.UTF_8);
        int at = indexOf(bytes, marker);
        bytes[at + random.nextInt(marker.length)] = (byte) (random.nextBoolean() ? 0xFF : 0xC0);
        return bytes;
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("the text stands in the record as it is");
    }

    /** Well written, but nothing to answer. */
    private byte[] noConversation() {
        PromptEvent event =
                switch (random.nextInt(3)) {
                    case 0 -> PromptEvent.newBuilder().build();
                    case 1 -> PromptEvent.newBuilder().setPrompt("   ").build();
                    default ->
                        PromptEvent.newBuilder()
                                .setMessages(List.of(new Message(Role.ASSISTANT, "malformed " + random.nextInt())))
                                .build();
                };
        return serializer.serialize(topic, event);
    }
}
