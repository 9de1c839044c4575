package dev.temper.tests.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.cli.Temper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The main job with everything real: broker, registry, sidecar, the shipped models, sample traffic. Not on a container: the embedded broker is part of the demo. */
class DemoEndToEndTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final int PROMPTS = 60;

    @TempDir
    private Path folder;

    /** A command's exit code and what it printed. */
    private record Run(int exit, String out, String err) {
        String lastLine() {
            return out.lines().reduce("", (before, line) -> line.isBlank() ? before : line);
        }
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine temper =
                Temper.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Run(temper.execute(arguments), out.toString(), err.toString());
    }

    /** Every n-th of the sample prompts, so that all kinds are among them. */
    private Path prompts() throws IOException {
        List<String> lines;
        try (InputStream in = getClass().getResourceAsStream("/dev/temper/sandbox/traffic/prompts.jsonl")) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        }
        int every = lines.size() / PROMPTS;
        StringBuilder chosen = new StringBuilder();
        for (int i = 0; i < PROMPTS; i++) {
            chosen.append(lines.get(i * every)).append('\n');
        }
        return Files.writeString(folder.resolve("prompts.jsonl"), chosen);
    }

    @Test
    void shouldAnswerEveryPromptOnceAndNothingAgainOnTheSameData() throws IOException {
        // Given
        String[] demo = {
            "demo",
            "--once",
            "--data",
            folder.resolve("data").toString(),
            "--model",
            MODELS.resolve("chat-regularised").toString(),
            "--prompts",
            prompts().toString()
        };

        // When
        Run first = run(demo);
        Run second = run(demo);

        // Then
        assertThat(first.err() + first.out()).contains("prompts=" + PROMPTS);
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.lastLine()).matches("prompts=60 results=60 flagged=\\d+ rejects=0 duplicates=0 lost=0");
        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(second.lastLine()).isEqualTo(first.lastLine());
    }

    @Test
    void shouldGenerateTheSameAnswerFromTheSameSeedWithMargins() throws IOException {
        // Given
        String[] generate = {
            "generate",
            "--model",
            MODELS.resolve("chat-base").toString(),
            "--subspace",
            MODELS.resolve("chat-base/toxicity.subspace.json").toString(),
            "--beta",
            "2",
            "--seed",
            "7",
            "--max-new-tokens",
            "12",
            "--json",
            "Good morning!"
        };

        // When
        Run first = run(generate);
        Run second = run(generate);

        // Then
        assertThat(first.exit()).as(first.err()).isZero();
        JsonNode answer = new ObjectMapper().readTree(first.out());
        assertThat(answer.get("margins")).hasSameSizeAs(answer.get("token_ids"));
        assertThat(answer.get("text"))
                .isEqualTo(new ObjectMapper().readTree(second.out()).get("text"));
    }

    @Test
    void shouldRefuseASubspaceOfAnotherModelInOneLine() {
        // Given
        Path otherModel = Path.of("../model-runtime/src/test/resources/goldens/models/llama2");

        // When
        Run run = run(
                "generate",
                "--model",
                otherModel.toString(),
                "--subspace",
                MODELS.resolve("chat-base/toxicity.subspace.json").toString(),
                "Hello");

        // Then
        assertThat(run.exit()).isEqualTo(Temper.EXIT_USAGE);
        assertThat(run.err().strip().lines()).hasSize(1);
        assertThat(run.err()).contains("was fitted on model chat-base").contains("temper fit-subspace");
    }

    @Test
    void shouldScoreAnInsultAboveAKindness() throws IOException {
        // When
        Run run = run(
                "score",
                "--model",
                MODELS.resolve("toxicity-scorer").toString(),
                "You are a stupid idiot and everybody hates you.",
                "Thank you for your help, have a lovely day.");

        // Then
        assertThat(run.exit()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(lines.get(0)).at("/scores/toxic").doubleValue())
                .isGreaterThan(0.8);
        assertThat(json.readTree(lines.get(1)).at("/scores/toxic").doubleValue())
                .isLessThan(0.2);
    }
}
