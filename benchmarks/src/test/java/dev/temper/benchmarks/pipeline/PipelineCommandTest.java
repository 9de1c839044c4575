package dev.temper.benchmarks.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.cli.Temper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command, quickly: that every prompt is answered on every way, not how fast this machine is. */
class PipelineCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine temper = Temper.commandLine();
        temper.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return temper.execute(arguments);
    }

    @Test
    void shouldMeasureThePipelineAndTheEngineAloneOnTheSameRequests(@TempDir Path folder) throws IOException {
        // Given
        Path file = folder.resolve("result.json");

        // When
        int exit = run(
                "bench",
                "pipeline",
                "--quick",
                "--model",
                "../models/chat-base",
                "--max-batch",
                "8",
                "--json",
                file.toString());

        // Then
        assertThat(exit).as(err.toString()).isZero();
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        assertThat(result.path("throughput")).hasSize(3).allSatisfy(way -> assertThat(
                        way.path("tokens_per_second").path("median").asDouble())
                .isPositive());
        assertThat(result.path("latency").path("prompts").asInt()).isEqualTo(8);
        assertThat(result.path("latency").path("p50_ms").asDouble()).isPositive();
        assertThat(result.path("latency").path("commit_interval_ms").asInt()).isEqualTo(100);
        assertThat(out.toString()).contains("pipeline / engine alone", "one at a time", "p99");
    }

    @Test
    void shouldRefuseTooFewPrompts() {
        // When
        int exit = run("bench", "pipeline", "--prompts", "1");

        // Then
        assertThat(exit).isEqualTo(Temper.EXIT_USAGE);
        assertThat(err.toString())
                .contains("--prompts must be at least 8, not 1")
                .hasLineCount(1);
    }
}
