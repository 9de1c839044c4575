package dev.temper.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.testing.SampleEvents;
import dev.temper.schemas.testing.StubRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are, the built-in deserializer answers with a record or a SerializationException, cheaply. */
class MalformedInputTest {

    private static final String TOPIC = "temper.flagged";

    private final StubRegistry registry = new StubRegistry();
    private final TemperAvroSerde<FlaggedEvent> serde = new TemperAvroSerde<>();
    private byte[] good = {};

    @BeforeEach
    void write() {
        serde.configure(Map.of("schema.registry.url", registry.url()), false);
        good = serde.serializer().serialize(TOPIC, SampleEvents.flagged());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldSurviveRandomChanges(long seed) {
        // Given
        Random random = new Random(seed);
        int failures = 0;

        // When
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = mutate(random);
            try {
                serde.deserializer().deserialize(TOPIC, bytes);
            } catch (SerializationException e) {
                failures++;
                assertThat(e.getMessage()).doesNotContain(SampleEvents.SECRET);
                assertThat(SerdeFailure.of(e).recordAtFault()).isTrue();
            }
        }

        // Then
        assertThat(failures).isPositive();
    }

    private byte[] mutate(Random random) {
        byte[] bytes = Arrays.copyOf(good, good.length - (random.nextInt(4) == 0 ? random.nextInt(good.length) : 0));
        for (int i = random.nextInt(4); i > 0 && bytes.length > WireFormat.HEADER_BYTES; i--) {
            int at = WireFormat.HEADER_BYTES + random.nextInt(bytes.length - WireFormat.HEADER_BYTES);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    @Test
    void shouldRefuseEveryTruncation() {
        for (int length = 0; length < good.length; length++) {
            byte[] bytes = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                    .isInstanceOf(SerializationException.class);
        }
    }

    @Test
    void shouldRefuseTrailingBytes() {
        // Given
        byte[] bytes = Arrays.copyOf(good, good.length + 1);

        // When, Then
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("bytes are left after the record");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xFF, 0xC0, 0x80})
    void shouldRefuseTextThatIsNoUtf8(int noText) throws IOException {
        // Given
        byte[] tenant = prompt(encoder -> {
            encoder.writeIndex(0);
            encoder.writeBytes(new byte[] {'a', (byte) noText, 'b'});
        });
        byte[] mapKey = map(encoder -> encoder.writeBytes(new byte[] {'a', (byte) noText}));

        // When, Then
        for (byte[] bytes : List.of(tenant, mapKey)) {
            assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("not UTF-8")
                    .matches(e -> SerdeFailure.of(e) == SerdeFailure.UNREADABLE_RECORD);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 20, 1L << 28, Integer.MAX_VALUE - 8, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE, -1L})
    void shouldNotAllocateWhatALengthOnlyClaims(long claimed) throws IOException {
        // Given
        byte[] text = prompt(encoder -> {
            encoder.writeIndex(1);
            encoder.writeLong(claimed);
        });
        byte[] array = prompt(encoder -> {
            encoder.writeIndex(0);
            encoder.writeString("default");
            encoder.writeLong(claimed);
        });
        long before = allocated();

        // When
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, text))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, array))
                .isInstanceOf(SerializationException.class);

        // Then
        assertThat(allocated() - before).isLessThan(16 << 20);
    }

    @Test
    void shouldRefuseARecordNestedWithoutEnd() {
        // Given
        String schema = "{\"type\":\"record\",\"name\":\"dev.temper.schemas.event.PromptEvent\",\"fields\":["
                + "{\"name\":\"self\",\"type\":[\"dev.temper.schemas.event.PromptEvent\",\"null\"]}]}";
        byte[] bytes = new byte[4 << 20];
        ByteBuffer.wrap(bytes).putInt(1, registry.add("self", schema, null));

        // When, Then
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nested too deeply");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"null\"",
                "{\"type\":\"record\",\"name\":\"E\",\"fields\":[]}",
                "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"n\",\"type\":\"null\"}]}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}"
            })
    void shouldRefuseASchemaWhoseItemsTakeNoBytes(String items) {
        // Given
        String schema = "{\"type\":\"record\",\"name\":\"dev.temper.schemas.event.PromptEvent\",\"fields\":["
                + "{\"name\":\"x\",\"type\":[\"string\",{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":"
                + items
                + "}}]}]}";
        byte[] bytes = {0, 0, 0, 0, (byte) registry.add("x", schema, null), 0, 0};

        // When, Then
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("items take no bytes");
    }

    @Test
    void shouldRefuseATypeThatHasNoClass() {
        // Given
        byte[] bytes = {
            0, 0, 0, 0, (byte) registry.add("x", "{\"type\":\"fixed\",\"name\":\"x.Y\",\"size\":1}", null), 1
        };

        // When, Then
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("no generated class");
    }

    @Test
    void shouldSayWhyASchemaDoesNotFit() {
        // Given
        String schema = "{\"type\":\"record\",\"name\":\"dev.temper.schemas.event.FlaggedEvent\",\"fields\":[]}";
        byte[] bytes = {0, 0, 0, 0, (byte) registry.add("x", schema, null)};

        // When, Then
        assertThatThrownBy(() -> serde.deserializer().deserialize(TOPIC, bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("missing required field");
    }

    private interface Body {
        void write(BinaryEncoder encoder) throws IOException;
    }

    /** The beginning of a prompt event, whatever else follows in zeros. */
    private byte[] prompt(Body body) throws IOException {
        int id = registry.add("prompt", PromptEvent.SCHEMA$.toString(), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(WireFormat.header(id));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        body.write(encoder);
        encoder.flush();
        out.write(new byte[64]);
        return out.toByteArray();
    }

    /** A prompt event whose parameters begin with a map of this key. */
    private byte[] map(Body key) throws IOException {
        return prompt(encoder -> {
            encoder.writeIndex(0); // no id
            encoder.writeString("default");
            encoder.writeLong(0); // no messages
            encoder.writeIndex(0); // no prompt
            encoder.writeIndex(1);
            for (Schema.Field field : RequestedParameters.getClassSchema().getFields()) {
                if (field.name().equals("betas")) {
                    encoder.writeIndex(1);
                    encoder.writeLong(1);
                    key.write(encoder);
                    encoder.writeDouble(1);
                    return;
                }
                encoder.writeIndex(0);
            }
        });
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }
}
