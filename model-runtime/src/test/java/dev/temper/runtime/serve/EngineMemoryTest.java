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
            floorMegabytes(engine); // until the allocators have what they need
            int arraysBefore = tiny.lm.liveArrays();
            long residentBefore = floorMegabytes(engine);

            // When
            long residentAfter = floorMegabytes(engine);

            // Then
            assertThat(tiny.lm.liveArrays()).isEqualTo(arraysBefore);
            assertThat(residentAfter - residentBefore).isLessThan(MOST_GROWTH_MEGABYTES);
        }
    }

    /**
     * The least resident set during a thousand generations: allocators give back and take again up to a hundred megabytes
     * at any moment, but only what is never given back raises the floor.
     */
    private static long floorMegabytes(LmGenerationEngine engine) throws Exception {
        long floor = Long.MAX_VALUE;
        for (int round = 0; round < 40; round++) {
            answers(engine, mixedRequests(25));
            if (round % 4 == 3) {
                floor = Math.min(floor, residentMegabytes());
            }
        }
        return floor;
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
