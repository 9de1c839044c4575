package dev.temper.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class InboxSerdeTest {
    private final Serde<InboxEntry> serde = InboxSerde.serde();

    private InboxEntry read(byte[] bytes) {
        return serde.deserializer().deserialize("inbox", bytes);
    }

    /** An entry as version 0.1's first layout wrote it: without counters. */
    private static byte[] layoutOne(int version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(version);
        text(out, "prompts");
        out.writeInt(3);
        out.writeLong(77);
        out.writeLong(1000);
        out.writeLong(2000);
        text(out, "c1");
        out.writeInt(-1); // no value
        out.writeInt(1);
        text(out, "ce_id");
        text(out, "x");
        out.writeInt(5);
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.getBytes(UTF_8).length);
        out.write(text.getBytes(UTF_8));
    }

    @Test
    void shouldReadTheLayoutOfAnEarlierVersion() throws IOException {
        // Given
        byte[] old = layoutOne(1);

        // When
        InboxEntry entry = read(old);

        // Then
        assertThat(entry.origin()).isEqualTo(new Origin("prompts", 3, 77));
        assertThat(entry.timestampMs()).isEqualTo(1000);
        assertThat(entry.arrivedMs()).isEqualTo(2000);
        assertThat(entry.keyText()).isEqualTo("c1");
        assertThat(entry.value()).isNull();
        assertThat(entry.header("ce_id")).isEqualTo("x");
        assertThat(entry.cutFrom()).isEqualTo(5);
        assertThat(entry.attempts()).isZero();
        assertThat(entry.rewrites()).isZero();
    }

    @Test
    void shouldKeepWhatWasCounted() {
        // Given
        InboxEntry entry = new InboxEntry(
                new Origin("prompts", 0, 1),
                10,
                20,
                null,
                new byte[] {1},
                List.of(new RecordHeader("h", null)),
                0,
                0,
                0);

        // When
        InboxEntry counted = entry.failedAgain().failedAgain().rewrittenAgain();
        InboxEntry restored = read(serde.serializer().serialize("inbox", counted));

        // Then
        assertThat(restored.attempts()).isEqualTo(2);
        assertThat(restored.rewrites()).isEqualTo(1);
        assertThat(restored.arrivedMs()).isEqualTo(20);
        assertThat(restored.value()).containsExactly(1);
        assertThat(restored.headers()).extracting(header -> header.key()).containsExactly("h");
    }

    @Test
    void shouldSayWhatToDoWithTheLayoutOfALaterVersion() throws IOException {
        // Given
        byte[] later = layoutOne(3);

        // When, Then
        assertThatThrownBy(() -> read(later))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("layout 3")
                .hasMessageContaining("run the newer version");
    }
}
