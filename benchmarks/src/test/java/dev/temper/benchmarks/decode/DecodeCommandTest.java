package dev.temper.benchmarks.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.cli.Temper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command, quickly: that it measures what it says it does, not how fast this machine is. */
class DecodeCommandTest {
    private static final Path MODEL = Path.of("../models/chat-base");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine temper = Temper.commandLine();
        temper.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return temper.execute(arguments);
    }

    @Test
    void shouldMeasureEveryCaseWithOnePassATokenAndSoManyCandidates(@TempDir Path folder) throws IOException {
        // Given
        Path file = folder.resolve("result.json");

        // When
        int exit = run(
                "bench",
                "decode",
                "--quick",
                "--threads",
                "1",
                "--model",
                MODEL.toString(),
                "--batch",
                "1,3",
                "--candidates",
                "1,5",
                "--dtype",
                "float32,bfloat16",
                "--json",
                file.toString());

        // Then
        assertThat(exit).as(err.toString()).isZero();
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        assertThat(result.path("cases")).hasSize(12);
        for (JsonNode measured : result.path("cases")) {
            int candidates = measured.path("decoding").path("candidates").asInt();
            assertThat(measured.path("passes_per_token").asDouble()).isEqualTo(1);
            assertThat(measured.path("candidates_per_token").asDouble()).isEqualTo(Math.max(1, candidates));
            assertThat(measured.path("tokens_per_second").path("median").asDouble())
                    .isPositive();
        }
        assertThat(result.path("read_gigabytes_per_second").path("median").asDouble())
                .isPositive();
        assertThat(result.path("machine").path("libtorch").asText()).isEqualTo("2.7.1");
        assertThat(out.toString()).contains("SASA k = 5 / plain, float32, batch 1", "plain / memory limit, bfloat16");
    }

    @Test
    void shouldMeasureAReferenceInTurnAndSayWhatItIs(@TempDir Path folder) throws IOException {
        // Given
        Path reference = Files.writeString(folder.resolve("reference.sh"), """
                echo '{"name": "other"}'
                while read -r line; do echo '{"tokens_per_second": 1e-3}'; done
                """);
        Path file = folder.resolve("result.json");

        // When
        int exit = run(
                "bench",
                "decode",
                "--quick",
                "--threads",
                "1",
                "--model",
                MODEL.toString(),
                "--batch",
                "2",
                "--candidates",
                "2",
                "--reference",
                "sh " + reference,
                "--json",
                file.toString(),
                "--plot",
                folder.resolve("plot.svg").toString());

        // Then
        assertThat(exit).as(err.toString()).isZero();
        JsonNode result = new ObjectMapper().readTree(file.toFile()).path("reference");
        assertThat(result.path("versions").path("name").asText()).isEqualTo("other");
        assertThat(result.path("batches")
                        .path(0)
                        .path("tokens_per_second")
                        .path("median")
                        .asDouble())
                .isEqualTo(1e-3);
        assertThat(folder.resolve("plot.svg")).content().contains("<svg", "860 420");
        assertThat(out.toString()).contains("other", "plain / reference, float32, batch 2");
    }

    @Test
    void shouldSayWhenTheReferenceEnds() {
        // When
        int exit =
                run("bench", "decode", "--quick", "--model", MODEL.toString(), "--batch", "1", "--reference", "true");

        // Then
        assertThat(exit).isEqualTo(Temper.EXIT_USAGE);
        assertThat(err.toString()).contains("the reference (true) ended").hasLineCount(1);
    }

    @Test
    void shouldSayWhatIsThereWhenTheModelIsNot() {
        // When
        int exit = run("bench", "decode", "--model", "gpt5");

        // Then
        assertThat(exit).isEqualTo(Temper.EXIT_USAGE);
        assertThat(err.toString())
                .contains("no model folder gpt5", "gpt2-small")
                .hasLineCount(1);
    }

    @Test
    void shouldRefuseABatchOfNone() {
        // When
        int exit = run("bench", "decode", "--batch", "0");

        // Then
        assertThat(exit).isEqualTo(Temper.EXIT_USAGE);
        assertThat(err.toString()).contains("--batch must be in [1, 1024]").hasLineCount(1);
    }
}
