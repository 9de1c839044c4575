package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.answer;
import static dev.temper.runtime.serve.TinyEngines.answers;
import static dev.temper.runtime.serve.TinyEngines.decoding;
import static dev.temper.runtime.serve.TinyEngines.guided;
import static dev.temper.runtime.serve.TinyEngines.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of requests when the model, the scorer or the caller fails, and of those that are too many. */
class EngineFailureTest {
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
    void shouldRefuseWhenTheQueueIsFullAndAnswerWhatItAccepted() throws Exception {
        // Given
        AtomicInteger outcomes = new AtomicInteger();
        int accepted = 0;
        int refused = 0;
        try (LmGenerationEngine engine = tiny.engine(1, 2)) {

            // When
            for (int i = 0; i < 40; i++) {
                boolean taken = engine.offer(
                        request("r" + i, "The river", decoding(20), i), outcome -> outcomes.incrementAndGet());
                accepted += taken ? 1 : 0;
                refused += taken ? 0 : 1;
            }
            while (engine.inFlight() > 0) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }

        // Then
        assertThat(refused).isPositive();
        assertThat(outcomes).hasValue(accepted);
    }

    @Test
    void shouldFailWhatIsUnansweredWhenItIsClosed() throws Exception {
        // Given
        List<GenerationOutcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        LmGenerationEngine engine = tiny.engine(1, 16);
        for (int i = 0; i < 12; i++) {
            engine.offer(request("r" + i, "The river", decoding(50), i), outcomes::add);
        }

        // When
        engine.close();

        // Then
        assertThat(outcomes).hasSize(12);
        assertThat(outcomes).last().isInstanceOfSatisfying(Failed.class, f -> assertThat(f.reason())
                .isEqualTo(Reason.ENGINE_CLOSED));
        assertThatThrownBy(() -> engine.offer(request("late", "The river", decoding(5), 1), outcomes::add))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldFailARequestWithNonFiniteLogitsAndGoOn() throws Exception {
        // Given
        try (CausalLm broken = TinyModels.withNaN(TorchRuntime.open("cpu", 1), tiny.tokenizer.vocabularySize());
                LmGenerationEngine engine = tiny.engine(broken, 2, 8, new TinyEngines.LengthScorer())) {

            // When
            List<GenerationOutcome> outcomes = answers(
                    engine,
                    List.of(
                            request("plain", "The river", decoding(5), 1),
                            guided(request("guided", "The river", decoding(5), 1), "toxicity", 1)));

            // Then
            assertThat(outcomes)
                    .allSatisfy(o -> assertThat(((Failed) o).reason()).isEqualTo(Reason.NON_FINITE_LOGITS));
        }
    }

    @Test
    void shouldFailAnswersWhoseScoringFailsAndGoOn() throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.engine(tiny.lm, 1, 8, new ScorerThatFailsFirst())) {

            // When
            GenerationOutcome first = answer(engine, request("first", "The river", decoding(5), 1));
            GenerationOutcome second = answer(engine, request("second", "The river", decoding(5), 1));

            // Then
            assertThat(((Failed) first).reason()).isEqualTo(Reason.DEVICE_ERROR);
            assertThat(second).isInstanceOf(Completed.class);
        }
    }

    private static final class ScorerThatFailsFirst extends TinyEngines.LengthScorer {
        private final AtomicBoolean failed = new AtomicBoolean();

        @Override
        public List<Map<String, Double>> score(List<String> texts) {
            if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("the device is gone");
            }
            return super.score(texts);
        }
    }
}
