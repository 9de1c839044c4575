package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final int DATA_BYTES = 16;

    private final Path folder;

    SafetensorsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void shouldReadBackWhatWasWritten() throws IOException {
        // Given
        Path file = folder.resolve("a.safetensors");
        List<SafetensorsWriter.Declared> declared = List.of(
                new SafetensorsWriter.Declared("half", ElementType.BFLOAT16, List.of(3L)),
                new SafetensorsWriter.Declared("scalar", ElementType.FLOAT32, List.of()),
                new SafetensorsWriter.Declared("bytes", ElementType.UINT8, List.of(1L)));
        try (SafetensorsWriter writer = new SafetensorsWriter(file, declared, Map.of("format", "pt"))) {
            writer.write("bytes", ByteBuffer.wrap(new byte[] {7}));
            writer.write("half", new float[] {1f, -2.5f}, ElementType.BFLOAT16);
            writer.write("half", new float[] {3.1415927f}, ElementType.BFLOAT16);
            writer.write("scalar", new float[] {0.1f}, ElementType.FLOAT32);
        }

        // When
        Safetensors read = Safetensors.open(file);

        // Then
        assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(read.tensors().keySet()).containsExactly("scalar", "half", "bytes");
        Safetensors.Tensor half = read.find("half").orElseThrow();
        assertThat(half.shape()).containsExactly(3L);
        assertThat(half.aligned()).isTrue();
        assertThat(HalfPrecision.toFloats(read.read(half), half.type())).containsExactly(1f, -2.5f, 3.140625f);
        assertThat(read.read(read.find("scalar").orElseThrow()).getFloat()).isEqualTo(0.1f);
        assertThat(read.find("scalar").orElseThrow().shape()).isEmpty();
    }

    @Test
    void shouldRefuseToFinishAFileWithAMissingTensor() throws IOException {
        // Given
        SafetensorsWriter writer = new SafetensorsWriter(
                folder.resolve("a.safetensors"),
                List.of(new SafetensorsWriter.Declared("w", ElementType.FLOAT32, List.of(2L))),
                Map.of());
        writer.write("w", new float[] {1f}, ElementType.FLOAT32);

        // When / Then
        assertThatThrownBy(writer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lacks 4 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,17]}}|lies at bytes 0 to 17 of 16",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[16,0]}}|lies at bytes 16 to 0",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,16]}}|needs 12 bytes, but has 16",
                "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,16]}}|larger than any memory",
                "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,16]}}|no list of at most 16",
                "{'a':{'dtype':'F32','shape':[-4],'data_offsets':[0,16]}}|no list of at most 16",
                "{'a':{'dtype':'F32','shape':[4.0],'data_offsets':[0,16]}}|no list of at most 16",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0]}}|lacks its dtype, shape or two data_offsets",
                "{'a':{'dtype':'F32','shape':[4]}}|lacks its dtype, shape or two data_offsets",
                "{'a':{'dtype':'Q4','shape':[4],'data_offsets':[0,16]}}|unsupported dtype 'Q4'",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16],'x':1}}|unknown property 'x'",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[3],'data_offsets':[4,16]}}|overlaps the one before",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[12,16]}}|leaves a gap before",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|8 bytes at its end belong to no tensor",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}|Duplicate field",
                "{'a':5}|the entry 'a' is no object",
                "{'__metadata__':{'a':1}}|something else than texts",
                "[]|no JSON object",
                "{}{}|goes on after",
                "{'a':|not valid JSON",
            })
    void shouldRefuseAHeaderThatLies(String header, String complaint) throws IOException {
        // Given
        Path file = write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8));

        // When / Then
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(complaint)
                .hasMessageContaining("fetch it again");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 1000, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldRefuseAnImpossibleHeaderLength(long length) throws IOException {
        // Given
        Path file = folder.resolve("length.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array());

        // When / Then
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("header claims");
    }

    private Path write(byte[] header) throws IOException {
        Path file = folder.resolve("x.safetensors");
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(header.length).put(header).array());
        return file;
    }
}
