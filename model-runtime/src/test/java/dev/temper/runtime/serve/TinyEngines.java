package dev.temper.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.GoldenTensors;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.CandidateRule;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.sasa.ExchangeableGuidance;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.score.TextScorer;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A tiny random model with a real tokenizer, engines on it, and requests to them. */
final class TinyEngines implements AutoCloseable {
    static final int CONTEXT = 64;

    private static final long PATIENCE_SECONDS = 60;

    final Tokenizer tokenizer = Tokenizer.load(GoldenTensors.folder("tokenizers/llama2"));
    final CausalLm lm = TinyModels.llama(TorchRuntime.open("cpu", 1), tokenizer.vocabularySize(), 3);
    /** A version of the subspace "toxicity", by a seed that names it. */
    static SubspaceVersion version(int seed) {
        return new SubspaceVersion(
                new Subspace(
                        "toxicity",
                        new Random(seed).doubles(32, -0.3, 0.3).toArray(),
                        0,
                        new Subspace.Provenance("tiny", "00", "none", 1, 1, 1e-10, 32, Instant.EPOCH),
                        new Subspace.Quality(2, 0.5, 0, 1, 0, 1)),
                Integer.toString(seed));
    }

    /** Each engine has its own: it writes to it. */
    static ExchangeableGuidance guidance() {
        return new ExchangeableGuidance(Map.of("toxicity", version(5)), 32);
    }

    /** Scores a text by its length, so that a test can tell whose score it got. */
    static class LengthScorer implements TextScorer {
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

    LmGenerationEngine engine(int maxBatch, int maxQueue) {
        return engine(lm, maxBatch, maxQueue, new LengthScorer());
    }

    LmGenerationEngine engine(CausalLm model, int maxBatch, int maxQueue, TextScorer scorer) {
        CacheLimits limits = new CacheLimits(maxBatch, CONTEXT, 0);
        return engine(model, limits, maxQueue, scorer, (guidance, scope) -> guidance.rule(scope));
    }

    /** One that reads few prompt tokens at a time, so that most prompts take several rounds. */
    LmGenerationEngine engine(
            CausalLm model,
            CacheLimits limits,
            int maxQueue,
            TextScorer scorer,
            BiFunction<ExchangeableGuidance, NDManager, CandidateRule> rule) {
        ExchangeableGuidance guidance = guidance();
        NDManager scope = model.newScope();
        return new LmGenerationEngine(
                new GenerationEngine.Identity("tiny", "00", scorer.id(), scorer.hash(), Map.of("toxicity", "00")),
                new EngineSettings(limits.slots(), CONTEXT, maxQueue, 64, 8),
                new BatchDecoder(model, rule.apply(guidance, scope), limits, 64),
                new PromptEncoder(tokenizer, Optional.empty()),
                tokenizer,
                Set.of(2),
                guidance,
                Optional.of(scorer),
                scope);
    }

    /** One whose device fails when a step has more rows, and at one call. */
    LmGenerationEngine failing(CausalLm model, int slots, long mostRows, long failingCall) {
        return engine(
                model,
                new CacheLimits(slots, CONTEXT, 1 << 14),
                64,
                new LengthScorer(),
                (guidance, scope) -> new CandidateRule(
                        "testing/failing_rule.py",
                        List.of(scope.create(new long[] {mostRows}), scope.create(new long[] {failingCall})),
                        1,
                        2));
    }

    static DecodingParameters decoding(int tokens, String... stops) {
        return new DecodingParameters(tokens, 0.7, 0, 0.95, 1.1, List.of(stops));
    }

    private static DecodingParameters ruled(int tokens) {
        return decoding(tokens)
                .with()
                .minNewTokens(3)
                .minP(0.01)
                .typicalP(0.95)
                .epsilonCutoff(1e-4)
                .presencePenalty(0.3)
                .frequencyPenalty(-0.2)
                .noRepeatNgramSize(2)
                .badWords(List.of("river", "old mill"))
                .build();
    }

    static GenerationRequest request(String id, String prompt, DecodingParameters decoding, long seed) {
        return new GenerationRequest(
                id, new Prompt.Plain(prompt), decoding, GuidanceParameters.NONE, seed, PromptOverflow.REJECT, null);
    }

    static GenerationRequest guided(GenerationRequest plain, String subspace, double beta) {
        return new GenerationRequest(
                plain.id(),
                plain.prompt(),
                plain.decoding(),
                new GuidanceParameters(Map.of(subspace, beta), Mode.RAW, 32),
                plain.seed(),
                plain.overflow(),
                plain.timeLimit());
    }

    static GenerationRequest limited(GenerationRequest request, long millis) {
        return new GenerationRequest(
                request.id(),
                request.prompt(),
                request.decoding(),
                request.guidance(),
                request.seed(),
                request.overflow(),
                Duration.ofMillis(millis));
    }

    /** Plain, guided and penalised ones of several lengths, some under all rules, with seeds; many prompts begin alike. */
    static List<GenerationRequest> mixedRequests(int count) {
        Random random = new Random(17);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DecodingParameters decoding = decoding(4 + random.nextInt(12))
                    .with()
                    .presencePenalty(random.nextBoolean() ? 0 : 1)
                    .frequencyPenalty(random.nextBoolean() ? 0 : 0.5)
                    .noRepeatNgramSize(random.nextInt(3))
                    .build();
            GenerationRequest plain = request(
                    "r" + i,
                    "The river " + "turns slowly ".repeat(random.nextInt(8)),
                    i % 3 == 0 ? ruled(decoding.maxNewTokens()) : decoding,
                    random.nextLong());
            requests.add(random.nextBoolean() ? plain : guided(plain, "toxicity", 2));
        }
        return requests;
    }

    static CompletableFuture<GenerationOutcome> offer(GenerationEngine engine, GenerationRequest request) {
        CompletableFuture<GenerationOutcome> future = new CompletableFuture<>();
        assertThat(engine.offer(request, future::complete)).isTrue();
        return future;
    }

    static GenerationOutcome answer(GenerationEngine engine, GenerationRequest request) throws Exception {
        return answers(engine, List.of(request)).get(0);
    }

    static List<GenerationOutcome> answers(GenerationEngine engine, List<GenerationRequest> requests) throws Exception {
        return outcomes(requests.stream().map(r -> offer(engine, r)).toList());
    }

    static List<GenerationOutcome> outcomes(List<CompletableFuture<GenerationOutcome>> futures) throws Exception {
        List<GenerationOutcome> outcomes = new ArrayList<>();
        for (CompletableFuture<GenerationOutcome> future : futures) {
            outcomes.add(future.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        return outcomes;
    }

    @Override
    public void close() {
        lm.close();
        tokenizer.close();
    }
}
