package dev.temper.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.TemperManifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuneCommandTest {
    private static final Path BASE = Path.of("../model-runtime/src/test/resources/goldens/models/llama31")
            .toAbsolutePath()
            .normalize();

    @Test
    void shouldLeaveAModelThatOpensAndSaysWhereItComesFrom(@TempDir Path folder) throws IOException {
        // Given
        Files.writeString(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 20)
                        .mapToObj(
                                i -> "{\"id\":\"%d\",\"text\":\"The train of %d left\",\"label\":0}%n".formatted(i, i))
                        .collect(Collectors.joining()));
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                base: %s
                algorithm: plain
                iterations: 1
                max_tokens: 24
                domains: {rows: {labelled: [rows.jsonl]}}
                fine_tune: {steps: 1, batch_size: 2}
                """.formatted(BASE));
        Path tuned = folder.resolve("tuned");
        StringWriter err = new StringWriter();

        // When
        int code = Temper.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute("fine-tune", "--recipe", recipe.toString(), "--out", tuned.toString(), "--threads", "1");

        // Then
        assertThat(code).as(err.toString()).isZero();
        ModelFolder base = ModelFolder.open(BASE);
        ModelFolder model = ModelFolder.open(tuned);
        assertThat(model.weightsHash()).isNotEqualTo(base.weightsHash());
        TemperManifest manifest = model.manifest().orElseThrow();
        assertThat(manifest.base()).contains("llama31");
        assertThat(manifest.provenance()).containsKeys("command", "base_sha256", "settings", "domains", "data");
    }
}
