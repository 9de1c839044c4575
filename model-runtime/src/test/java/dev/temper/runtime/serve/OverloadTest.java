package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.limited;
import static dev.temper.runtime.serve.TinyEngines.mixedRequests;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Ten times as many requests as the engine can answer, of all kinds; some are cancelled, some have little time. Takes a
 * few seconds; {@code -Dtemper.overload.seconds=120} is the long form.
 */
class OverloadTest {
    private static final long SECONDS = Long.getLong("temper.overload.seconds", 4);
    private static final int OVERLOAD = 10;
    private static final int QUEUE = 32;
    private static final int WARM_UP = 400;
    private static final long KEPT_BYTES = 1 << 14;

    /** At least 16 tokens of 256 bytes each. */
    private static final int MOST_KEPT_SEQUENCES = 4;

    private static TinyEngines tiny;

    private final AtomicLong outcomes = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final Map<Reason, AtomicLong> failed = new TreeMap<>();
    private long offered;
    private long accepted;

    OverloadTest() {
        for (Reason reason : Reason.values()) {
            failed.put(reason, new AtomicLong());
        }
    }

    @BeforeAll
    static void load() {
        tiny = new TinyEngines();
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    @Test
    void shouldAnswerOrClearlyRefuseEveryRequestUnderTenTimesTheLoadAndNotGrow(TestReporter reporter) throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.engine(
                tiny.lm,
                new CacheLimits(8, TinyEngines.CONTEXT, KEPT_BYTES),
                QUEUE,
                new TinyEngines.LengthScorer(),
                (guidance, scope) -> guidance.rule(scope))) {
            while (outcomes.get() < WARM_UP) { // until compilers and allocators have what they need
                overload(engine, SECONDS / 10.0);
            }
            int arraysBefore = tiny.lm.liveArrays();
            long residentBefore = floorMegabytes(engine);

            // When
            long residentAfter = floorMegabytes(engine);
            while (engine.inFlight() > 0) {
                TimeUnit.MILLISECONDS.sleep(5);
            }

            // Then
            long growth = residentAfter - residentBefore;
            reporter.publishEntry(Map.of(
                    "seconds", "" + SECONDS,
                    "offered", "" + offered,
                    "accepted", "" + accepted,
                    "answered", "" + answered,
                    "failed", "" + failed,
                    "growth of the resident set's floor in the second half, MiB", "" + growth));
            assertThat(outcomes).hasValue(accepted);
            assertThat(failed.get(Reason.DEVICE_ERROR)).hasValue(0);
            assertThat(failed.get(Reason.CANCELLED)).hasPositiveValue();
            assertThat(answered).hasPositiveValue();
            assertThat(offered).isGreaterThan(accepted);
            assertThat(growth).isLessThan(ResidentSet.MOST_GROWTH_MEGABYTES);
            assertThat(tiny.lm.liveArrays() - arraysBefore).isLessThanOrEqualTo(MOST_KEPT_SEQUENCES);
            assertThat(engine.status().queued()).isZero();
        }
    }

    /** Over half of the time, offering all the while. */
    private long floorMegabytes(LmGenerationEngine engine) throws Exception {
        return ResidentSet.floorMegabytes(() -> overload(engine, SECONDS / 20.0));
    }

    /** Offers ten requests for each that has its outcome, whatever this machine's speed is. */
    private void overload(LmGenerationEngine engine, double seconds) {
        List<GenerationRequest> requests = mixedRequests(200);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            if (offered > OVERLOAD * (outcomes.get() + QUEUE)) {
                LockSupport.parkNanos(100_000);
                continue;
            }
            GenerationRequest request = requests.get((int) (offered % requests.size()));
            if (offered % 7 == 0) {
                request = limited(request, 20);
            }
            accepted += engine.offer(request, this::accept) ? 1 : 0;
            if (offered % 11 == 0) {
                engine.cancel(request.id());
            }
            offered++;
            EngineStatus status = engine.status();
            assertThat(status.queued()).isLessThanOrEqualTo(QUEUE);
            assertThat(status.cacheBytesUsed()).isLessThanOrEqualTo(status.cacheBytes());
        }
    }

    private void accept(GenerationOutcome outcome) {
        outcomes.incrementAndGet();
        if (outcome instanceof Completed) {
            answered.incrementAndGet();
        } else {
            requireNonNull(failed.get(((Failed) outcome).reason())).incrementAndGet();
        }
    }
}
