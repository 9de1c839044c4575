package dev.temper.benchmarks.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.cli.Temper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command, quickly: that it measures what it says it does, not how fast this machine is. */
class PromptsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine temper = Temper.commandLine();
        temper.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return temper.execute(arguments);
    }

    @Test
    void shouldMeasureEveryCaseOnceARound(@TempDir Path folder) throws Exception {
        // Given
        Path file = folder.resolve("result.json");

        // When
        int exit = run(
                "bench",
                "prompts",
                "--threads=1",
                "--model=../models/chat-base",
                "--prompts=3",
                "--prompt-tokens=40",
                "--shared-tokens=20",
                "--prefill-tokens=8",
                "--rounds=2",
                "--json=" + file);

        // Then
        assertThat(exit).as(err.toString()).isZero();
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        assertThat(result.path("cases")).hasSize(5).allSatisfy(timed -> {
            assertThat(timed.path("milliseconds").path("samples").asInt()).isEqualTo(2);
            assertThat(timed.path("milliseconds").path("least").asDouble()).isPositive();
        });
        assertThat(out.toString()).contains("3 prompts of 40 tokens, the same / 3 prompts of 40 tokens, each its own");
    }

    @Test
    void shouldRefuseASharedPartAsLongAsThePrompt() {
        // When
        int exit = run("bench", "prompts", "--prompt-tokens=40", "--shared-tokens=40");

        // Then
        assertThat(exit).isNotZero();
        assertThat(err.toString()).contains("--shared-tokens must be in [16, 39], not 40");
    }
}
