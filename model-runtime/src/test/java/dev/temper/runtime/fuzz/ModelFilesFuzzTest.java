package dev.temper.runtime.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged settings, weights and tokenizers of every family load or are refused with a typed error. It runs in another process
 * with little memory: a native library that gives up ends its process, and this test must see that.
 */
class ModelFilesFuzzTest {
    private static final int CASES = 1_000;
    private static final int SEED = 2024;

    @Test
    void shouldLoadOrRefuseEveryDamagedModel(@TempDir Path temp) throws IOException, InterruptedException {
        // When
        ChildJvm.Result result = ChildJvm.run(
                FuzzProcess.class,
                temp,
                String.valueOf(SEED),
                String.valueOf(CASES),
                temp.resolve("models").toString());

        // Then
        assertThat(result.ended()).as("it hangs after:%n%s", result.end()).isTrue();
        assertThat(result.exitCode()).as(result.end()).isZero();
        assertThat(result.lastLine()).matches(FuzzProcess.DONE + "[1-9]\\d\\d+ loaded, [1-9]\\d\\d+ refused");
    }
}
