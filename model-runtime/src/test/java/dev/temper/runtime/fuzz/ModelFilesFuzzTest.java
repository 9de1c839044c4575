package dev.temper.runtime.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged settings, weights and tokenizers of every family load or are refused with a typed error. It runs in another process
 * with little memory: a native library that gives up ends its process, and this test must see that.
 */
class ModelFilesFuzzTest {
    private static final int CASES = 1_000;
    private static final int SEED = 2024;
    private static final int MOST_MINUTES = 10;

    @Test
    void shouldLoadOrRefuseEveryDamagedModel(@TempDir Path temp) throws IOException, InterruptedException {
        // Given
        Path log = temp.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx384m",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + temp.resolve("crash"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FuzzProcess.class.getName(),
                        String.valueOf(SEED),
                        String.valueOf(CASES),
                        temp.resolve("models").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();

        // When
        boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();

        // Then
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        List<String> end = lines.subList(Math.max(0, lines.size() - 40), lines.size());
        assertThat(ended).as("it hangs after:%n%s", String.join("\n", end)).isTrue();
        assertThat(process.exitValue()).as(String.join("\n", end)).isZero();
        assertThat(end.get(end.size() - 1)).matches(FuzzProcess.DONE + "[1-9]\\d\\d+ loaded, [1-9]\\d\\d+ refused");
    }
}
