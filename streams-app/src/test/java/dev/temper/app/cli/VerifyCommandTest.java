package dev.temper.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
    private static final String GOLDEN = "../model-runtime/src/test/resources/goldens/models/llama32";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Temper.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldSayThatTheRuntimeEqualsTheReference() {
        // When
        int code = run("verify", "--model", GOLDEN, "--golden", GOLDEN, "--threads", "1");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("llama32", "logits", "hidden states", "256 of 256 equal (100.00 %)")
                .endsWith("PASSED" + System.lineSeparator());
    }

    @Test
    void shouldFailBeyondTheToleranceAndSayWhere(@TempDir Path temp) throws IOException {
        // Given
        Path folder = temp.resolve("model");
        Files.createDirectories(folder);
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")) {
            Files.copy(Path.of(GOLDEN, name), folder.resolve(name));
        }
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"factor\": 32.0", "\"factor\": 8.0"));

        // When
        int code = run("verify", "--model", folder.toString(), "--golden", GOLDEN, "--json", "--threads", "1");

        // Then
        assertThat(code).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.get("passed").asBoolean()).isFalse();
        assertThat(report.at("/worst/logits/max_absolute").asDouble()).isGreaterThan(1);
        assertThat(report.at("/worst/logits/tolerance").asDouble()).isEqualTo(3e-4);
        assertThat(report.get("greedy_share").asDouble()).isLessThan(1);
    }

    @Test
    void shouldNameAModelFolderThatIsNotThere() {
        // When
        int code = run("verify", "--model", "nowhere", "--golden", GOLDEN);

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1).first().asString().contains("nowhere");
    }
}
