package dev.temper.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.GoldenTensors;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.runtime.score.TextScorer;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The engine on a tiny random model with a real tokenizer. */
class LmGenerationEngineTest {
    private static final int CONTEXT = 64;

    /** Noise of the allocators; one leaked row of logits a token would be about 76. Smaller leaks show in the count. */
    private static final long MOST_GROWTH_MEGABYTES = 64;

    private static CausalLm lm;
    private static Tokenizer tokenizer;
    private static SubspaceGuidance guidance;

    @BeforeAll
    static void load() {
        tokenizer = Tokenizer.load(GoldenTensors.folder("tokenizers/llama2"));
        lm = TinyModels.llama(TorchRuntime.open("cpu", 1), tokenizer.vocabularySize(), 3);
        guidance = new SubspaceGuidance(List.of(new Subspace(
                "toxicity",
                new Random(5).doubles(32, -0.3, 0.3).toArray(),
                0,
                new Subspace.Provenance("tiny", "00", "none", 1, 1, 1e-10, 32, Instant.EPOCH),
                new Subspace.Quality(2, 0.5, 0, 1, 0, 1))));
    }

    @AfterAll
    static void close() {
        lm.close();
        tokenizer.close();
    }

    /** Scores a text by its length, so that a test can tell whose score it got. */
    private static final class LengthScorer implements TextScorer {
        @Override
        public List<Map<String, Double>> score(List<String> texts) {
            return texts.stream().map(t -> Map.of("length", t.length() / 1e4)).toList();
        }

        @Override
        public List<String> categories() {
            return List.of("length");
        }

        @Override
        public String id() {
            return "length";
        }

        @Override
        public String hash() {
            return "00";
        }
    }

    private static LmGenerationEngine engine(CausalLm model, int maxBatch, int maxQueue, TextScorer scorer) {
        NDManager scope = model.newScope();
        return new LmGenerationEngine(
                new GenerationEngine.Identity("tiny", "00", scorer.id(), scorer.hash(), Map.of("toxicity", "00")),
                new EngineSettings(maxBatch, CONTEXT, maxQueue, 64, 256),
                new BatchDecoder(model, guidance.rule(scope, 32), maxBatch, CONTEXT, 64),
                new PromptEncoder(tokenizer, Optional.empty()),
                tokenizer,
                Set.of(2),
                guidance,
                Optional.of(scorer),
                scope);
    }

    private static DecodingParameters decoding(int tokens, String... stops) {
        return new DecodingParameters(tokens, 0.7, 0, 0.95, 1.1, List.of(stops));
    }

    private static GenerationRequest request(String id, String prompt, DecodingParameters decoding, long seed) {
        return new GenerationRequest(
                id, new Prompt.Plain(prompt), decoding, GuidanceParameters.NONE, seed, PromptOverflow.REJECT);
    }

    private static GenerationRequest guided(GenerationRequest plain, String subspace, double beta) {
        return new GenerationRequest(
                plain.id(),
                plain.prompt(),
                plain.decoding(),
                new GuidanceParameters(Map.of(subspace, beta), Mode.RAW, 32),
                plain.seed(),
                plain.overflow());
    }

    private static GenerationOutcome answer(GenerationEngine engine, GenerationRequest request) throws Exception {
        return answers(engine, List.of(request)).get(0);
    }

    private static List<GenerationOutcome> answers(GenerationEngine engine, List<GenerationRequest> requests)
            throws Exception {
        List<CompletableFuture<GenerationOutcome>> futures = new ArrayList<>();
        for (GenerationRequest request : requests) {
            CompletableFuture<GenerationOutcome> future = new CompletableFuture<>();
            assertThat(engine.offer(request, future::complete)).isTrue();
            futures.add(future);
        }
        List<GenerationOutcome> outcomes = new ArrayList<>();
        for (CompletableFuture<GenerationOutcome> future : futures) {
            outcomes.add(future.get(60, TimeUnit.SECONDS));
        }
        return outcomes;
    }

    private static List<GenerationRequest> mixedRequests(int count) {
        Random random = new Random(17);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            GenerationRequest plain = request(
                    "r" + i,
                    "The river " + "turns slowly ".repeat(random.nextInt(4)),
                    decoding(4 + random.nextInt(12)),
                    random.nextLong());
            requests.add(random.nextBoolean() ? plain : guided(plain, "toxicity", 2));
        }
        return requests;
    }

    @Test
    void shouldGiveASeedTheSameAnswerAloneAndInAFullBatch() throws Exception {
        // Given
        List<GenerationRequest> requests = mixedRequests(24);
        List<String> alone = new ArrayList<>();
        try (LmGenerationEngine engine = engine(lm, 1, 64, new LengthScorer())) {
            for (GenerationRequest request : requests) {
                alone.add(((Completed) answer(engine, request)).text());
            }
        }

        // When
        List<GenerationOutcome> together;
        try (LmGenerationEngine engine = engine(lm, 6, 64, new LengthScorer())) {
            together = answers(engine, requests);
        }

        // Then
        assertThat(together).extracting(o -> ((Completed) o).text()).isEqualTo(alone);
    }

    @Test
    void shouldReportOnePassAndOneMarginForEachGuidedToken() throws Exception {
        // Given
        GenerationRequest plain = request("plain", "The river", decoding(10), 4);
        try (LmGenerationEngine engine = engine(lm, 2, 8, new LengthScorer())) {

            // When
            Completed guidedAnswer = (Completed) answer(engine, guided(plain, "toxicity", 3));
            Completed plainAnswer = (Completed) answer(engine, plain);

            // Then
            assertThat(guidedAnswer.usage().modelPasses())
                    .isEqualTo(guidedAnswer.usage().outputTokens());
            assertThat(guidedAnswer.margins().get("toxicity"))
                    .hasSize(guidedAnswer.usage().outputTokens());
            assertThat(guidedAnswer.usage().meanKl()).isPositive();
            assertThat(plainAnswer.usage().modelPasses())
                    .isEqualTo(plainAnswer.usage().outputTokens() - 1);
            assertThat(String.join("", plainAnswer.tokenTexts())).isEqualTo(plainAnswer.text());
            assertThat(plainAnswer.margins()).isEmpty();
            assertThat(plainAnswer.usage().candidates()).isZero();
        }
    }

    @Test
    void shouldScoreEachAnswerWithItsOwnText() throws Exception {
        // Given
        List<GenerationRequest> requests = mixedRequests(12);
        try (LmGenerationEngine engine = engine(lm, 4, 64, new LengthScorer())) {

            // When
            List<GenerationOutcome> outcomes = answers(engine, requests);

            // Then
            assertThat(outcomes).allSatisfy(o -> assertThat(((Completed) o).scores())
                    .containsEntry("length", ((Completed) o).text().length() / 1e4));
        }
    }

    @Test
    void shouldEndBeforeAStopString() throws Exception {
        // Given
        GenerationRequest free = request("free", "The river turns", decoding(30), 9);
        try (LmGenerationEngine engine = engine(lm, 2, 8, new LengthScorer())) {
            String text = ((Completed) answer(engine, free)).text();
            String stop = text.substring(text.length() / 2, text.length() / 2 + 2);

            // When
            Completed stopped =
                    (Completed) answer(engine, request("stopped", "The river turns", decoding(30, stop), 9));

            // Then
            assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP_STRING);
            assertThat(stopped.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        }
    }

    @Test
    void shouldRefuseWhenTheQueueIsFullAndAnswerWhatItAccepted() throws Exception {
        // Given
        AtomicInteger outcomes = new AtomicInteger();
        int accepted = 0;
        int refused = 0;
        try (LmGenerationEngine engine = engine(lm, 1, 2, new LengthScorer())) {

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
        List<GenerationOutcome> outcomes = java.util.Collections.synchronizedList(new ArrayList<>());
        LmGenerationEngine engine = engine(lm, 1, 16, new LengthScorer());
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
        try (CausalLm broken = TinyModels.withNaN(TorchRuntime.open("cpu", 1), tokenizer.vocabularySize());
                LmGenerationEngine engine = engine(broken, 2, 8, new LengthScorer())) {

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
        CountDownLatch firstCall = new CountDownLatch(1);
        TextScorer flaky = new LengthScorerThatFailsFirst(firstCall);
        try (LmGenerationEngine engine = engine(lm, 1, 8, flaky)) {

            // When
            GenerationOutcome first = answer(engine, request("first", "The river", decoding(5), 1));
            GenerationOutcome second = answer(engine, request("second", "The river", decoding(5), 1));

            // Then
            assertThat(((Failed) first).reason()).isEqualTo(Reason.DEVICE_ERROR);
            assertThat(second).isInstanceOf(Completed.class);
        }
    }

    private static final class LengthScorerThatFailsFirst implements TextScorer {
        private final LengthScorer scorer = new LengthScorer();
        private final CountDownLatch firstCall;

        LengthScorerThatFailsFirst(CountDownLatch firstCall) {
            this.firstCall = firstCall;
        }

        @Override
        public List<Map<String, Double>> score(List<String> texts) {
            if (firstCall.getCount() > 0) {
                firstCall.countDown();
                throw new IllegalStateException("the device is gone");
            }
            return scorer.score(texts);
        }

        @Override
        public List<String> categories() {
            return scorer.categories();
        }

        @Override
        public String id() {
            return scorer.id();
        }

        @Override
        public String hash() {
            return scorer.hash();
        }
    }

    @Test
    void shouldRefuseAnUnknownSubspaceByName() throws Exception {
        // Given
        GenerationRequest request = guided(request("r", "The river", decoding(5), 1), "sarcasm", 1);
        try (LmGenerationEngine engine = engine(lm, 1, 8, new LengthScorer())) {

            // When
            Failed failed = (Failed) answer(engine, request);

            // Then
            assertThat(failed.reason()).isEqualTo(Reason.INVALID_PARAMETERS);
            assertThat(failed.detail()).contains("sarcasm").contains("toxicity");
        }
    }

    @Test
    void shouldRejectOrTruncateAPromptLongerThanTheContext() throws Exception {
        // Given
        String longPrompt = "The river turns slowly past the old mill. ".repeat(40);
        GenerationRequest rejecting = request("r", longPrompt, decoding(8), 1);
        GenerationRequest truncating = new GenerationRequest(
                "t", rejecting.prompt(), rejecting.decoding(), rejecting.guidance(), 1, PromptOverflow.TRUNCATE_LEFT);
        try (LmGenerationEngine engine = engine(lm, 1, 8, new LengthScorer())) {

            // When
            GenerationOutcome rejected = answer(engine, rejecting);
            GenerationOutcome truncated = answer(engine, truncating);

            // Then
            assertThat(((Failed) rejected).reason()).isEqualTo(Reason.PROMPT_TOO_LONG);
            GenerationOutcome.Usage usage = ((Completed) truncated).usage();
            assertThat(usage.promptTokens()).isEqualTo(CONTEXT - 8);
            assertThat(usage.promptTokensDropped()).isPositive();
        }
    }

    @Test
    void shouldNotGrowOverTwoThousandGenerations() throws Exception {
        // Given
        try (LmGenerationEngine engine = engine(lm, 8, 64, new LengthScorer())) {
            for (int round = 0; round < 20; round++) { // until the allocators have what they need
                answers(engine, mixedRequests(25));
            }
            int arraysBefore = lm.liveArrays();
            long residentBefore = residentMegabytes();

            // When
            for (int round = 0; round < 80; round++) {
                answers(engine, mixedRequests(25));
            }

            // Then
            assertThat(lm.liveArrays()).isEqualTo(arraysBefore);
            assertThat(residentMegabytes() - residentBefore).isLessThan(MOST_GROWTH_MEGABYTES);
        }
    }

    /** Resident set of this process after a collection; 0 where the system does not tell, so nothing is asserted of it. */
    private static long residentMegabytes() throws IOException {
        System.gc();
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
