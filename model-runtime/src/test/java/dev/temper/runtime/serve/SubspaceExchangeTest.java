package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.answer;
import static dev.temper.runtime.serve.TinyEngines.decoding;
import static dev.temper.runtime.serve.TinyEngines.guided;
import static dev.temper.runtime.serve.TinyEngines.offer;
import static dev.temper.runtime.serve.TinyEngines.request;
import static dev.temper.runtime.serve.TinyEngines.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Subspaces that are exchanged while answers are being written. */
class SubspaceExchangeTest {
    private static final String NAME = "toxicity";
    private static TinyEngines tiny;
    /** Answers nothing while its subspace is exchanged. */
    private static LmGenerationEngine quiet;

    @BeforeAll
    static void load() {
        tiny = new TinyEngines();
        quiet = tiny.engine(2, 8);
    }

    @AfterAll
    static void close() {
        quiet.close();
        tiny.close();
    }

    /** Stops the engine's thread each time that answers have ended, until it is told to go on. */
    private static final class Gate extends TinyEngines.LengthScorer {
        private final Semaphore arrived = new Semaphore(0);
        private final Semaphore open = new Semaphore(0);

        @Override
        public List<Map<String, Double>> score(List<String> texts) {
            arrived.release();
            open.acquireUninterruptibly();
            return super.score(texts);
        }

        void awaitArrival() throws InterruptedException {
            assertThat(arrived.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        }

        void letPass() {
            open.release();
        }

        void stayOpen() {
            open.release(1000);
        }
    }

    private static GenerationRequest prompt(String id, int tokens) {
        return guided(request(id, "The river turns", exactly(tokens), 11), NAME, 3);
    }

    private static DecodingParameters exactly(int tokens) {
        return decoding(tokens).with().minNewTokens(tokens).build();
    }

    private static Completed completed(CompletableFuture<GenerationOutcome> outcome) throws Exception {
        return (Completed) outcome.get(60, TimeUnit.SECONDS);
    }

    /** What an engine answers that is guided by this version alone. */
    private static Completed alwaysGuidedBy(int seed, GenerationRequest request) throws Exception {
        quiet.guideBy(Map.of(NAME, version(seed)));
        return (Completed) answer(quiet, request);
    }

    private static void requireSame(Completed answer, Completed expected) {
        assertThat(answer.tokenIds()).isEqualTo(expected.tokenIds());
        assertThat(answer.subspaceHashes()).isEqualTo(expected.subspaceHashes());
        List<Double> margins = answer.margins().getOrDefault(NAME, List.of());
        List<Double> due = expected.margins().getOrDefault(NAME, List.of());
        assertThat(margins).hasSameSizeAs(answer.tokenIds());
        for (int i = 0; i < margins.size(); i++) {
            assertThat(margins.get(i)).isCloseTo(due.get(i), within(1e-4));
        }
    }

    @Test
    void shouldGuideTheNextAnswerByTheNewOneAndTheOneInFlightByItsOwn() throws Exception {
        // Given: a long answer in flight, while a short one is scored
        Gate gate = new Gate();
        try (LmGenerationEngine engine = tiny.engine(tiny.lm, 3, 8, gate)) {
            CompletableFuture<GenerationOutcome> inFlight = offer(engine, prompt("long", 40));
            CompletableFuture<GenerationOutcome> first = offer(engine, prompt("first", 2));
            gate.awaitArrival();
            assertThat(inFlight).isNotDone();

            // When
            engine.guideBy(Map.of(NAME, version(6)));
            CompletableFuture<GenerationOutcome> next = offer(engine, prompt("next", 8));
            gate.stayOpen();

            // Then
            requireSame(completed(inFlight), alwaysGuidedBy(5, prompt("long", 40)));
            requireSame(completed(first), alwaysGuidedBy(5, prompt("first", 2)));
            requireSame(completed(next), alwaysGuidedBy(6, prompt("next", 8)));
            assertThat(completed(inFlight).subspaceHashes()).containsEntry(NAME, "5");
            assertThat(completed(next).subspaceHashes()).containsEntry(NAME, "6");
        }
    }

    @Test
    void shouldExchangeASecondTimeWhenTheOldestAnswersHaveEnded() throws Exception {
        // Given: the long answer is on one side, version 6 on the other
        Gate gate = new Gate();
        try (LmGenerationEngine engine = tiny.engine(tiny.lm, 2, 8, gate)) {
            CompletableFuture<GenerationOutcome> inFlight = offer(engine, prompt("long", 40));
            CompletableFuture<GenerationOutcome> first = offer(engine, prompt("first", 2));
            gate.awaitArrival();
            engine.guideBy(Map.of(NAME, version(6)));
            CompletableFuture<GenerationOutcome> second = offer(engine, prompt("second", 2));
            gate.letPass();
            gate.awaitArrival();
            assertThat(inFlight).isNotDone();

            // When
            engine.guideBy(Map.of(NAME, version(7)));
            CompletableFuture<GenerationOutcome> third = offer(engine, prompt("third", 2));
            gate.stayOpen();

            // Then: the third waits for nobody, and the one after the long answer has the last version
            requireSame(completed(first), alwaysGuidedBy(5, prompt("first", 2)));
            requireSame(completed(second), alwaysGuidedBy(6, prompt("second", 2)));
            requireSame(completed(third), alwaysGuidedBy(6, prompt("third", 2)));
            requireSame(completed(inFlight), alwaysGuidedBy(5, prompt("long", 40)));
            requireSame((Completed) answer(engine, prompt("last", 4)), alwaysGuidedBy(7, prompt("last", 4)));
        }
    }

    @Test
    void shouldGoBackToTheConfiguredOne() throws Exception {
        // Given
        quiet.guideBy(Map.of());
        Completed before = (Completed) answer(quiet, prompt("before", 6));
        quiet.guideBy(Map.of(NAME, version(6)));
        Completed meanwhile = (Completed) answer(quiet, prompt("meanwhile", 6));

        // When
        quiet.guideBy(Map.of());
        Completed after = (Completed) answer(quiet, prompt("after", 6));

        // Then
        assertThat(meanwhile.subspaceHashes()).containsEntry(NAME, "6");
        assertThat(meanwhile.margins()).isNotEqualTo(before.margins());
        requireSame(after, before);
    }

    @Test
    void shouldRefuseWhatIsNotOfThisModelAndChangeNothing() throws Exception {
        // Given
        Subspace own = version(6).subspace();
        SubspaceVersion shorter = new SubspaceVersion(
                new Subspace(NAME, new double[] {1, 0}, 0, own.provenance(), own.quality()), "shorter");
        Subspace.Provenance foreign = new Subspace.Provenance(
                "other", "11", "none", 1, 1, 1e-10, 32, own.provenance().created());
        SubspaceVersion ofAnother =
                new SubspaceVersion(new Subspace(NAME, own.direction(), 0, foreign, own.quality()), "foreign");
        quiet.guideBy(Map.of(NAME, version(7)));

        // When / Then
        assertThatThrownBy(() -> quiet.guideBy(Map.of("kindness", version(6))))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("no subspace named kindness is configured");
        for (SubspaceVersion wrong : List.of(shorter, ofAnother)) {
            assertThatThrownBy(() -> quiet.guideBy(Map.of(NAME, wrong)))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("is of another model");
        }
        Completed answer = (Completed) answer(quiet, prompt("after", 4));
        assertThat(answer.subspaceHashes()).containsEntry(NAME, "7");
    }
}
