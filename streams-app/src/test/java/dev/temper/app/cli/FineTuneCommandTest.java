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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FineTuneCommandTest {
    private static final Path BASE = Path.of("../model-runtime/src/test/resources/goldens/models/llama31")
            .toAbsolutePath()
            .normalize();

    private static final Path SCORER =
            Path.of("../models/toxicity-scorer").toAbsolutePath().normalize();

    private final StringWriter err = new StringWriter();

    @Test
    void shouldLeaveAModelThatOpensAndSaysWhereItComesFrom(@TempDir Path folder) throws IOException {
        // Given
        writeInputs(folder, "plain");

        // When
        int code = fineTune(folder);

        // Then
        assertThat(code).as(err.toString()).isZero();
        ModelFolder base = ModelFolder.open(BASE);
        ModelFolder model = ModelFolder.open(folder.resolve("tuned"));
        assertThat(model.weightsHash()).isNotEqualTo(base.weightsHash());
        TemperManifest manifest = model.manifest().orElseThrow();
        assertThat(manifest.base()).contains("llama31");
        assertThat(manifest.provenance()).containsKeys("command", "base_sha256", "settings", "domains", "data");
    }

    @Test
    void shouldGoOnWhenTheFolderThatHoldsEverythingWasMoved(@TempDir Path folder) throws IOException {
        // Given
        Path before = Files.createDirectory(folder.resolve("before"));
        writeInputs(before, "plain");
        assertThat(fineTune(before)).as(err.toString()).isZero();

        // When
        int code = fineTune(Files.move(before, folder.resolve("after")));

        // Then
        assertThat(code).as(err.toString()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "rows.jsonl,left,came",
        "recipe.yaml,share: 1,share: 2",
        "recipe.yaml,highest_label: 1,highest_label: 0.5"
    })
    void shouldRefuseToGoOnWithOtherInputs(String file, String had, String has, @TempDir Path folder)
            throws IOException {
        // Given
        writeInputs(folder, "plain");
        assertThat(fineTune(folder)).as(err.toString()).isZero();
        Path changed = folder.resolve(file);
        Files.writeString(changed, Files.readString(changed).replace(had, has));

        // When
        int code = fineTune(folder);

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("belongs to a training with another base, other data or other settings");
    }

    @Test
    void shouldRefuseToGoOnWithAnotherOracleThanTheManifestNames(@TempDir Path folder) throws IOException {
        // Given
        writeInputs(folder, "reinforce");
        Path scorer = copyScorer(folder);
        assertThat(fineTune(folder)).as(err.toString()).isZero();
        assertThat(ModelFolder.open(folder.resolve("tuned"))
                        .manifest()
                        .orElseThrow()
                        .provenance())
                .containsKeys("scorer", "scorer_sha256");
        Path weights = scorer.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);

        // When
        int code = fineTune(folder);

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("belongs to a training with another base, other data or other settings");
    }

    /** Rows, and a recipe of one step that has a model {@code tuned} beside it. */
    private static void writeInputs(Path folder, String algorithm) throws IOException {
        Files.writeString(
                folder.resolve("rows.jsonl"),
                IntStream.range(0, 20)
                        .mapToObj(
                                i -> "{\"id\":\"%d\",\"text\":\"The train of %d left\",\"label\":0}%n".formatted(i, i))
                        .collect(Collectors.joining()));
        String domains = algorithm.equals("plain") ? "domains: {rows: {labelled: [rows.jsonl], highest_label: 1}}" : "";
        Files.writeString(folder.resolve("recipe.yaml"), """
                base: %s
                scorer: scorer
                algorithm: %s
                iterations: 1
                max_tokens: 24
                %s
                samples:
                  sources: [{prompts: [rows.jsonl], text_as: plain, share: 1}]
                  prompts_per_round: 2
                  per_prompt: 2
                  max_new_tokens: 4
                fine_tune: {steps: 1, batch_size: 2}
                """.formatted(BASE, algorithm, domains));
    }

    private static Path copyScorer(Path folder) throws IOException {
        Path scorer = Files.createDirectory(folder.resolve("scorer"));
        try (Stream<Path> files = Files.list(SCORER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, scorer.resolve(file.getFileName()));
            }
        }
        return scorer;
    }

    private int fineTune(Path folder) {
        return Temper.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(
                        "fine-tune",
                        "--recipe",
                        folder.resolve("recipe.yaml").toString(),
                        "--out",
                        folder.resolve("tuned").toString(),
                        "--threads",
                        "1");
    }
}
