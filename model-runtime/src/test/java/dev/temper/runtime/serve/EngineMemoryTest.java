package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.answers;
import static dev.temper.runtime.serve.TinyEngines.mixedRequests;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Memory does not grow, whatever the engine is asked. */
class EngineMemoryTest {
    /** Noise of the allocators; one leaked row of logits a token would be about 76. Smaller leaks show in the count. */
    static final long MOST_GROWTH_MEGABYTES = 64;

    private static TinyEngines tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyEngines();
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    @Test
    void shouldNotGrowOverTwoThousandGenerations() throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.engine(8, 64)) {
            for (int round = 0; round < 20; round++) { // until the allocators have what they need
                answers(engine, mixedRequests(25));
            }
            int arraysBefore = tiny.lm.liveArrays();
            long residentBefore = residentMegabytes();

            // When
            for (int round = 0; round < 80; round++) {
                answers(engine, mixedRequests(25));
            }

            // Then
            assertThat(tiny.lm.liveArrays()).isEqualTo(arraysBefore);
            assertThat(residentMegabytes() - residentBefore).isLessThan(MOST_GROWTH_MEGABYTES);
        }
    }

    /**
     * Resident set of this process after a collection, less the Java heap, which keeps what earlier tests made it take; 0
     * where the system does not tell, so nothing is asserted of it.
     */
    static long residentMegabytes() throws IOException {
        System.gc();
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024
                        - Runtime.getRuntime().totalMemory() / (1 << 20))
                .findFirst()
                .orElse(0);
    }
}
