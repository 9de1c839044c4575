package dev.temper.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.TemperException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class TemperTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "fail")
    static final class Failing implements Callable<Integer> {
        private final RuntimeException failure;

        Failing(RuntimeException failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() {
            throw failure;
        }
    }

    private int run(CommandLine line, String... args) {
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private CommandLine failingWith(RuntimeException failure) {
        CommandLine line = Temper.commandLine();
        line.addSubcommand("fail", new Failing(failure));
        // A subcommand that is added late has none of its parent's handlers yet.
        return line.setExecutionExceptionHandler(line.getExecutionExceptionHandler());
    }

    @Test
    void shouldListItsCommandsAndExitCodesInItsHelp() {
        // When
        int code = run(Temper.commandLine(), "--help");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("doctor", "--verbose", "internal error");
    }

    @Test
    void shouldAnswerWrongUsageInOneLine() {
        // When
        int code = run(Temper.commandLine(), "docter");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1).first().asString().contains("docter", "--help");
    }

    @Test
    void shouldAskForACommand() {
        // When
        int code = run(Temper.commandLine());

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("a command is missing");
    }

    @Test
    void shouldShowABadSettingInOneLine() {
        // When
        int code = run(failingWith(new TemperException("this is\nwrong")), "fail");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo("temper: this is wrong");
    }

    @Test
    void shouldShowTheTraceWhenAsked() {
        // When
        int code = run(failingWith(new TemperException("this is wrong")), "fail", "--verbose");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("this is wrong", "at dev.temper.app");
    }

    @Test
    void shouldTellAnInternalErrorApart() {
        // When
        int code = run(failingWith(new IllegalStateException("oh")), "fail");

        // Then
        assertThat(code).isEqualTo(70);
        assertThat(err.toString().lines()).hasSize(1).first().asString().contains("internal error", "oh");
    }

    @Test
    void shouldNameAConfigurationThatIsNotThere(@TempDir Path folder) {
        // When
        int code = run(
                Temper.commandLine(),
                "doctor",
                "--config",
                folder.resolve("none.yaml").toString());

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("none.yaml");
    }
}
