package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.answer;
import static dev.temper.runtime.serve.TinyEngines.answers;
import static dev.temper.runtime.serve.TinyEngines.decoding;
import static dev.temper.runtime.serve.TinyEngines.guided;
import static dev.temper.runtime.serve.TinyEngines.outcomes;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static List<GenerationRequest> plainRequests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> request("r" + i, "The river turns ".repeat(1 + i % 3), decoding(6 + i % 5), i))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"3, -1", "1, -1", "8, 4"})
    void shouldAnswerAllAlikeWhenTheDeviceFailsWithMany(long mostRows, long failingCall) throws Exception {
        // Given
        List<GenerationRequest> requests = plainRequests(14);
        List<GenerationOutcome> undisturbed;
        try (LmGenerationEngine engine = tiny.engine(8, 64)) {
            undisturbed = answers(engine, requests);
        }

        // When
        Map<String, AtomicInteger> outcomesById = new ConcurrentHashMap<>();
        List<GenerationOutcome> outcomes;
        try (LmGenerationEngine engine = tiny.failing(tiny.lm, 8, mostRows, failingCall)) {
            List<CompletableFuture<GenerationOutcome>> futures = new ArrayList<>();
            for (GenerationRequest request : requests) {
                CompletableFuture<GenerationOutcome> future = new CompletableFuture<>();
                engine.offer(request, outcome -> {
                    outcomesById
                            .computeIfAbsent(outcome.requestId(), id -> new AtomicInteger())
                            .incrementAndGet();
                    future.complete(outcome);
                });
                futures.add(future);
            }
            outcomes = outcomes(futures);
        }

        // Then
        assertThat(outcomes)
                .extracting(o -> ((Completed) o).text())
                .isEqualTo(undisturbed.stream().map(o -> ((Completed) o).text()).toList());
        assertThat(outcomesById).hasSize(requests.size());
        assertThat(outcomesById.values()).allSatisfy(count -> assertThat(count).hasValue(1));
    }

    @Test
    void shouldFailEveryRequestOnceWhenTheDeviceIsGone() throws Exception {
        // Given
        try (LmGenerationEngine engine = tiny.failing(tiny.lm, 4, 0, -1)) {

            // When
            List<GenerationOutcome> outcomes = answers(engine, plainRequests(10));

            // Then
            assertThat(outcomes)
                    .allSatisfy(o -> assertThat(((Failed) o).reason()).isEqualTo(Reason.DEVICE_ERROR));
            assertThat(engine.inFlight()).isZero();
        }
    }

    /** A token that the model does not have fails on the device, whatever is beside it. */
    @Test
    void shouldFailOnlyThePromptThatTheDeviceCannotRead() throws Exception {
        // Given
        List<GenerationRequest> requests = new ArrayList<>(plainRequests(7));
        requests.add(3, request("poison", "The river 7", decoding(6), 1));
        int notThere = Arrays.stream(tiny.tokenizer.encode("7", false)).max().orElseThrow();
        try (CausalLm small = TinyModels.llama(TorchRuntime.open("cpu", 1), notThere, 3);
                LmGenerationEngine engine = tiny.engine(small, 8, 64, new TinyEngines.LengthScorer())) {

            // When
            List<GenerationOutcome> outcomes = answers(engine, requests);

            // Then
            assertThat(outcomes)
                    .filteredOn(Failed.class::isInstance)
                    .extracting(GenerationOutcome::requestId)
                    .containsExactly("poison");
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
