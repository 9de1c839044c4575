package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.answers;
import static dev.temper.runtime.serve.TinyEngines.mixedRequests;
import static dev.temper.runtime.serve.TinyEngines.version;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Memory does not grow, whatever the engine is asked. */
class EngineMemoryTest {
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
    void shouldNotGrowOverTwoThousandGenerationsAndExchanges() throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.engine(8, 64)) {
            floorMegabytes(engine); // until the allocators have what they need
            int arraysBefore = tiny.lm.liveArrays();
            long residentBefore = floorMegabytes(engine);

            // When
            long residentAfter = floorMegabytes(engine);

            // Then
            assertThat(tiny.lm.liveArrays()).isEqualTo(arraysBefore);
            assertThat(residentAfter - residentBefore).isLessThan(ResidentSet.MOST_GROWTH_MEGABYTES);
        }
    }

    /** Over a thousand generations, between which the subspace is exchanged. */
    private static long floorMegabytes(LmGenerationEngine engine) throws Exception {
        return ResidentSet.floorMegabytes(() -> {
            for (int round = 0; round < 4; round++) {
                engine.guideBy(Map.of("toxicity", version(round)));
                answers(engine, mixedRequests(25));
            }
        });
    }
}
