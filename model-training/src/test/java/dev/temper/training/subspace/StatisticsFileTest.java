package dev.temper.training.subspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.sasa.SubspaceSums;
import dev.temper.runtime.sasa.SubspaceSums.Side;
import dev.temper.training.subspace.SubspaceSettings.EmbedAs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set by JUnit
class StatisticsFileTest {
    private static final SavedStatistics STATISTICS = new SavedStatistics(
            new SubspaceSums(
                    new Side(3, new double[] {0.1, -2}, new double[] {1, 1.0 / 3, 5e300}),
                    new Side(2, new double[] {Math.PI, 0}, new double[] {4, 5, 6})),
            new SubspaceSettings(
                    "toxicity", new LabelRule(0.7, 0.2), EmbedAs.RESPONSE, true, 96, ElementType.BFLOAT16, 1e-10),
            "chat",
            "ab",
            Map.of("flagged-1", true, "flagged-2", false));

    @TempDir
    Path folder;

    @Test
    void shouldReadWhatItWrote() throws IOException {
        // Given
        Path file = StatisticsFile.beside(folder.resolve("toxicity.subspace.json"));

        // When
        StatisticsFile.write(STATISTICS, file);

        // Then
        assertThat(file).hasFileName("toxicity.statistics.safetensors");
        assertThat(StatisticsFile.read(file, "ab")).isEqualTo(STATISTICS);
    }

    @Test
    void shouldRefuseWhatIsMissingOfAnotherModelOrDamaged() throws IOException {
        // Given
        Path file = folder.resolve("s.safetensors");
        StatisticsFile.write(STATISTICS, file);
        byte[] bytes = Files.readAllBytes(file);
        Path other = Files.write(
                folder.resolve("other"),
                new String(bytes, StandardCharsets.ISO_8859_1)
                        .replace("statistics/1", "statistics/9")
                        .getBytes(StandardCharsets.ISO_8859_1));
        Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(bytes, bytes.length - 8));
        Path infinite = Files.write(folder.resolve("infinite"), withLastNumber(bytes, Double.POSITIVE_INFINITY));

        // When / Then
        refused(folder.resolve("none"), "ab", "there is no statistics file");
        refused(file, "cd", "are of model chat, with other weights");
        refused(other, "ab", "its format is not temper-subspace-statistics/1");
        refused(cut, "ab", "is not a valid safetensors file");
        refused(infinite, "ab", "sums that are not finite");
    }

    private static byte[] withLastNumber(byte[] bytes, double number) {
        byte[] changed = bytes.clone();
        java.nio.ByteBuffer.wrap(changed)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putDouble(changed.length - Double.BYTES, number);
        return changed;
    }

    private static void refused(Path file, String modelHash, String why) {
        assertThatThrownBy(() -> StatisticsFile.read(file, modelHash))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(why);
    }
}
