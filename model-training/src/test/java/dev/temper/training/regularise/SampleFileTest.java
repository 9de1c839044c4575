package dev.temper.training.regularise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.nado.LabelledSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    @Test
    void shouldReadWhatItWrote() {
        // Given
        Path file = folder.resolve("iteration-001/samples.jsonl");
        List<LabelledSequence> samples = List.of(
                new LabelledSequence(new TokenSequence(new int[] {5, 0, 151_935}, 1), 1),
                new LabelledSequence(new TokenSequence(new int[] {7, 8}, 1), 0.1f));

        // When
        SampleFile.write(file, samples);
        List<LabelledSequence> read = SampleFile.read(file);

        // Then
        assertThat(read).usingRecursiveComparison().isEqualTo(samples);
        assertThat(file.getParent())
                .isDirectoryContaining("glob:**.jsonl")
                .isDirectoryNotContaining("glob:**.unfinished");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ids\":[41,987654321],\"start\":1,\"satis",
                "{\"ids\":[41,987654321],\"start\":2,\"satisfied\":1}",
                "{\"ids\":[41,987654321],\"start\":1,\"satisfied\":2}",
                "{\"start\":1,\"satisfied\":1}",
                "null"
            })
    void shouldRefuseADamagedLineWithoutShowingIt(String line) throws IOException {
        // Given
        Path file = folder.resolve("samples.jsonl");
        Files.writeString(file, "{\"ids\":[1,2],\"start\":1,\"satisfied\":1}\n" + line + "\n");

        // When, Then
        assertThatThrownBy(() -> SampleFile.read(file))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("samples.jsonl:2")
                .hasMessageContaining("delete the file")
                .hasMessageNotContaining("987654321")
                .hasNoCause();
    }
}
