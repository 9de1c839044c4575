package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.cli.Temper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as {@code ./temper} finds it: through the service loader. */
class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldExplainItself() {
        // Given
        String[] arguments = {"demo", "--help"};

        // When
        int exit = execute(arguments);

        // Then
        assertThat(exit).isZero();
        assertThat(out.toString()).contains("--once", "--prompts", "--json", "--data", "--model", "Exit codes");
    }

    @Test
    void shouldRefuseWhatIsMissingInOneLineBeforeAnythingStarts(@TempDir Path folder) throws Exception {
        // Given
        Path data = folder.resolve("data");
        Path prompts = Files.writeString(
                folder.resolve("p.jsonl"), "{\"id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");

        // When
        int noPrompts = execute("demo", "--once", "--data=" + data, "--prompts=" + folder.resolve("none.jsonl"));
        int noModel = execute("demo", "--once", "--data=" + data, "--prompts=" + prompts, "--model=" + folder);
        int noTime = execute("demo", "--stall-timeout=0");

        // Then
        assertThat(noPrompts).isEqualTo(2);
        assertThat(noModel).isEqualTo(2);
        assertThat(noTime).isEqualTo(2);
        assertThat(err.toString().lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).contains("There is no prompts file"),
                        line -> assertThat(line).contains("There is no model in", "--model"),
                        line -> assertThat(line).contains("--stall-timeout must be at least 1"));
        assertThat(data).doesNotExist();
    }

    private int execute(String... arguments) {
        CommandLine line = Temper.commandLine();
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
