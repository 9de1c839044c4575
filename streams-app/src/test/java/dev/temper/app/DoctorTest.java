package dev.temper.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @Test
    void shouldRefuseAnOldJavaAndTooLittleMemory() {
        assertThat(Doctor.java(11).problem()).isEqualTo("java: is 11; install Java 17 or later");
        assertThat(Doctor.java(17).ok()).isTrue();
        assertThat(Doctor.memory(64).problem()).contains("64 MB", "-Xmx");
        assertThat(Doctor.memory(512).ok()).isTrue();
    }

    @Test
    void shouldSayWhatAModelsFolderLacks(@TempDir Path folder) throws IOException {
        // Given
        Files.createFile(folder.resolve("config.json"));

        // When
        Finding finding = Doctor.model("model", folder, true);

        // Then
        assertThat(finding.ok()).isFalse();
        assertThat(finding.problem()).contains("lacks tokenizer.json, model.safetensors");
    }

    @Test
    void shouldTakeACompleteModelAndAnAbsentScorer(@TempDir Path folder) throws IOException {
        // Given
        for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.createFile(folder.resolve(file));
        }

        // When
        Finding model = Doctor.model("model", folder, true);
        Finding scorer = Doctor.model("scorer", null, false);

        // Then
        assertThat(model.ok()).isTrue();
        assertThat(scorer.ok()).isTrue();
        assertThat(Doctor.model("model", null, true).ok()).isFalse();
    }

    @Test
    void shouldLookAtEverythingAlthoughNothingAnswers(@TempDir Path folder) {
        // Given
        String nothing =
                "kafka: {bootstrap.servers: '127.0.0.1:1', request.timeout.ms: 500, default.api.timeout.ms: 500}\n"
                        + "schema_registry: {schema.registry.url: 'http://127.0.0.1:1'}\n";
        List<String> lines = new ArrayList<>();

        // When
        boolean fit = Doctor.examine(ConfigLoader.parse("t.yaml", nothing, folder), lines::add);

        // Then
        assertThat(fit).isFalse();
        assertThat(lines).anyMatch(line -> line.startsWith("ok    java"));
        assertThat(lines).anyMatch(line -> line.startsWith("WRONG broker: no broker answers at 127.0.0.1:1"));
        assertThat(lines).anyMatch(line -> line.startsWith("WRONG registry"));
        assertThat(lines).anyMatch(line -> line.startsWith("WRONG model: engine.model is not set"));
    }
}
