package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.decoding;
import static dev.temper.runtime.serve.TinyEngines.limited;
import static dev.temper.runtime.serve.TinyEngines.offer;
import static dev.temper.runtime.serve.TinyEngines.outcomes;
import static dev.temper.runtime.serve.TinyEngines.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that nobody waits for any more: cancelled ones, and those whose time is over. */
class EngineGivingUpTest {
    private static TinyEngines tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyEngines();
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    private static Reason reason(CompletableFuture<GenerationOutcome> outcome) throws Exception {
        return ((Failed) outcomes(List.of(outcome)).get(0)).reason();
    }

    @Test
    void shouldFailWhatIsCancelledWhereverItIsAndAnswerTheRest() throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.engine(1, 8)) {
            CompletableFuture<GenerationOutcome> running =
                    offer(engine, request("running", "The river", decoding(50), 1));
            CompletableFuture<GenerationOutcome> waiting =
                    offer(engine, request("waiting", "The river", decoding(50), 2));
            CompletableFuture<GenerationOutcome> wanted = offer(engine, request("wanted", "The river", decoding(5), 3));

            // When
            boolean knewWaiting = engine.cancel("waiting");
            boolean knewRunning = engine.cancel("running");
            boolean knewNobody = engine.cancel("nobody");

            // Then
            assertThat(List.of(knewWaiting, knewRunning, knewNobody)).containsExactly(true, true, false);
            assertThat(List.of(reason(waiting), reason(running))).containsOnly(Reason.CANCELLED);
            assertThat(outcomes(List.of(wanted))).first().isInstanceOf(Completed.class);
            assertThat(engine.cancel("running")).isFalse();
            assertThat(engine.inFlight()).isZero();
        }
    }

    @Test
    void shouldCancelAllThatShareAnId() throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.engine(1, 8)) {
            CompletableFuture<GenerationOutcome> first = offer(engine, request("same", "The river", decoding(50), 1));
            CompletableFuture<GenerationOutcome> second = offer(engine, request("same", "The mill", decoding(50), 2));

            // When
            engine.cancel("same");

            // Then
            assertThat(List.of(reason(first), reason(second))).containsOnly(Reason.CANCELLED);
        }
    }

    @Test
    void shouldFailWhatHasNoTimeLeft() throws Exception {
        // Given
        CountDownLatch release = new CountDownLatch(1);
        try (LmGenerationEngine engine = tiny.engine(tiny.lm, 2, 8, new ScorerThatWaits(release))) {
            CompletableFuture<GenerationOutcome> holding =
                    offer(engine, request("holding", "The river", decoding(1), 1));
            CompletableFuture<GenerationOutcome> limited =
                    offer(engine, limited(request("limited", "The river", decoding(50), 2), 20));
            CompletableFuture<GenerationOutcome> patient =
                    offer(engine, limited(request("patient", "The river", decoding(5), 3), 60_000));

            // When
            TimeUnit.MILLISECONDS.sleep(25); // while the scorer holds the engine's thread
            release.countDown();

            // Then
            assertThat(reason(limited)).isEqualTo(Reason.DEADLINE_EXCEEDED);
            assertThat(outcomes(List.of(holding, patient))).allMatch(Completed.class::isInstance);
        }
    }

    @Test
    void shouldRefuseATimeLimitThatIsNoTime() {
        // When / Then
        assertThatThrownBy(() -> limited(request("r", "The river", decoding(5), 1), 0))
                .hasMessageContaining("time limit");
    }

    private static final class ScorerThatWaits extends TinyEngines.LengthScorer {
        private final CountDownLatch release;

        ScorerThatWaits(CountDownLatch release) {
            this.release = release;
        }

        @Override
        public List<Map<String, Double>> score(List<String> texts) {
            try {
                assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.score(texts);
        }
    }
}
