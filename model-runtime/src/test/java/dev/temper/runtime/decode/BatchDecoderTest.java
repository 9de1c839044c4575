package dev.temper.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.LmConfig;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.runtime.torch.TorchRuntime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The batched, cached, one-pass decoder against the naive one. */
class BatchDecoderTest {
    private static final int VOCABULARY = 300; // above the 256 that a first look at the likeliest takes
    private static CausalLm lm;
    private static List<Subspace> subspaces;
    private static SubspaceGuidance guidance;

    @BeforeAll
    static void loadModel() {
        lm = TinyModels.llama(TorchRuntime.open("cpu", 1), VOCABULARY, 42);
        subspaces = List.of(subspace("toxicity", 1), subspace("threat", 2));
        guidance = new SubspaceGuidance(subspaces);
    }

    @AfterAll
    static void closeModel() {
        lm.close();
    }

    private static Subspace subspace(String name, long seed) {
        double[] w = new Random(seed).doubles(32, -0.3, 0.3).toArray();
        return new Subspace(
                name,
                w,
                0.1 * seed,
                new Subspace.Provenance("tiny", "00", "none", 1, 1, 1e-10, 32, Instant.EPOCH),
                new Subspace.Quality(2, 0.5, 0, 1, 0, 1));
    }

    /** One request of the mixed batch. */
    private record Case(
            int[] prompt,
            DecodingParameters decoding,
            GuidanceParameters guidance,
            List<int[]> badWords,
            Set<Integer> endTokens,
            long seed,
            int join) {
        Case(int[] prompt, DecodingParameters decoding, GuidanceParameters guidance, long seed, int join) {
            this(prompt, decoding, guidance, List.of(), Set.of(), seed, join);
        }

        double[] uniforms() {
            return new Random(seed).doubles(decoding.maxNewTokens()).toArray();
        }

        boolean guided() {
            return !guidance.betas().isEmpty();
        }
    }

    private static Case randomCase(Random random) {
        int[] prompt = random.ints(1 + random.nextInt(20), 0, VOCABULARY).toArray();
        DecodingParameters decoding = DecodingParameters.DEFAULT
                .with()
                .maxNewTokens(3 + random.nextInt(8))
                .temperature(random.nextInt(4) == 0 ? 0 : 0.5 + random.nextDouble())
                .topK(random.nextBoolean() ? 0 : 1 + random.nextInt(40))
                .topP(random.nextInt(3) == 0 ? 1 : 0.3 + 0.7 * random.nextDouble())
                .repetitionPenalty(random.nextBoolean() ? 1 : 1 + random.nextDouble())
                .minNewTokens(random.nextBoolean() ? 0 : 1 + random.nextInt(5))
                .minP(random.nextInt(3) > 0 ? 0 : 0.02 + 0.2 * random.nextDouble())
                .typicalP(random.nextInt(3) > 0 ? 1 : 0.2 + 0.7 * random.nextDouble())
                .epsilonCutoff(random.nextInt(3) > 0 ? 0 : 0.05 * random.nextDouble())
                .presencePenalty(random.nextBoolean() ? 0 : 2 * random.nextDouble())
                .frequencyPenalty(random.nextBoolean() ? 0 : 3 * random.nextDouble() - 1)
                .noRepeatNgramSize(random.nextBoolean() ? 0 : 1 + random.nextInt(3))
                .build();
        List<int[]> badWords = random.nextBoolean() ? List.of() : randomBadWords(random);
        Set<Integer> endTokens = random.ints(100, 0, VOCABULARY).boxed().collect(Collectors.toSet());
        GuidanceParameters parameters = random.nextInt(3) == 0
                ? GuidanceParameters.NONE
                : new GuidanceParameters(
                        Map.of("toxicity", 8 * random.nextDouble(), "threat", 3 * random.nextDouble()),
                        random.nextBoolean() ? Mode.RAW : Mode.SOFTMAX,
                        2 + random.nextInt(30));
        return new Case(prompt, decoding, parameters, badWords, endTokens, random.nextLong(), random.nextInt(6));
    }

    /** Some tokens, and some that may not follow others: often enough to matter. */
    private static List<int[]> randomBadWords(Random random) {
        List<int[]> words = new ArrayList<>();
        random.ints(20, 0, VOCABULARY).forEach(token -> words.add(new int[] {token}));
        random.ints(20, 0, VOCABULARY).forEach(token -> random.ints(200, 0, VOCABULARY)
                .forEach(before -> words.add(new int[] {before, token})));
        return words;
    }

    private static NaiveDecoder.Generated naively(CausalLm model, Case c) {
        double[] betas = c.guided() ? new double[] {beta(c, "toxicity"), beta(c, "threat")} : new double[0];
        return new NaiveDecoder(model)
                .generate(
                        admission(c),
                        c.guided() ? subspaces : List.of(),
                        betas,
                        c.guidance().mode(),
                        c.uniforms());
    }

    private static double beta(Case c, String name) {
        return c.guidance().betas().getOrDefault(name, 0.0);
    }

    /** Runs all cases in one decoder; each joins at its step and leaves when it has all its tokens. */
    private static List<NaiveDecoder.Generated> batched(CausalLm model, List<Case> cases, int slots) {
        List<NaiveDecoder.Generated> results = new ArrayList<>();
        cases.forEach(
                c -> results.add(new NaiveDecoder.Generated(new ArrayList<>(), new ArrayList<>(), new ArrayList<>())));
        List<Integer> running = new ArrayList<>();
        List<Integer> pending = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            pending.add(i);
        }
        try (NDManager scope = model.newScope();
                BatchDecoder decoder = new BatchDecoder(model, guidance.rule(scope, 32), slots, 64, 64)) {
            for (int step = 0; !pending.isEmpty() || !running.isEmpty(); step++) {
                int now = step;
                List<Integer> joining = pending.stream()
                        .filter(i -> cases.get(i).join() <= now)
                        .limit(decoder.freeSlots())
                        .toList();
                if (!joining.isEmpty()) {
                    pending.removeAll(joining);
                    running.addAll(joining);
                    List<Admission> admissions =
                            joining.stream().map(i -> admission(cases.get(i))).toList();
                    double[] uniforms = joining.stream()
                            .mapToDouble(i -> cases.get(i).uniforms()[0])
                            .toArray();
                    List<Decision> decisions = decoder.admit(admissions, uniforms);
                    for (int i = 0; i < decisions.size(); i++) {
                        collect(results.get(joining.get(i)), decisions.get(i));
                    }
                    leave(running, cases, results, decoder);
                }
                if (running.isEmpty()) {
                    continue;
                }
                double[] uniforms = running.stream()
                        .mapToDouble(i ->
                                cases.get(i).uniforms()[results.get(i).tokens().size()])
                        .toArray();
                List<Decision> decisions = decoder.step(uniforms);
                for (int i = 0; i < decisions.size(); i++) {
                    NaiveDecoder.Generated result = results.get(running.get(i));
                    if (cases.get(running.get(i)).guided()) {
                        result.margins().add(decisions.get(i).measures());
                        result.kls().add(decisions.get(i).kl());
                    }
                    collect(result, decisions.get(i));
                }
                leave(running, cases, results, decoder);
            }
        }
        return results;
    }

    private static Admission admission(Case c) {
        return new Admission(
                c.prompt(),
                c.decoding(),
                c.guided() ? c.guidance().maxCandidates() : 0,
                guidance.settings(c.guidance()),
                c.badWords(),
                c.endTokens());
    }

    private static void collect(NaiveDecoder.Generated result, Decision decision) {
        assertThat(decision.finite()).isTrue();
        if (decision.token() != Decision.NONE) {
            result.tokens().add(decision.token());
        }
    }

    private static void leave(
            List<Integer> running, List<Case> cases, List<NaiveDecoder.Generated> results, BatchDecoder decoder) {
        for (int i = running.size() - 1; i >= 0; i--) {
            int c = running.get(i);
            if (results.get(c).tokens().size() == cases.get(c).decoding().maxNewTokens()) {
                decoder.release(i);
                int last = running.remove(running.size() - 1);
                if (i < running.size()) {
                    running.set(i, last);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldEqualNaiveRecomputationTokenForTokenInMixedBatches(long seed) {
        // Given
        Random random = new Random(seed);
        List<Case> cases = random.ints(6).mapToObj(i -> randomCase(random)).toList();

        // When
        List<NaiveDecoder.Generated> results = batched(lm, cases, 4);

        // Then
        assertEqualToNaive(lm, cases, results);
    }

    private static List<LmConfig> otherFamilies() {
        return TinyModels.otherFamilies(VOCABULARY);
    }

    @ParameterizedTest
    @MethodSource("otherFamilies")
    void shouldEqualNaiveRecomputationInEveryFamily(LmConfig config) {
        // Given
        Random random = new Random(21);
        List<Case> cases = random.ints(6).mapToObj(i -> randomCase(random)).toList();
        try (CausalLm model = TinyModels.random(TorchRuntime.open("cpu", 1), config, 7)) {

            // When
            List<NaiveDecoder.Generated> results = batched(model, cases, 4);

            // Then
            assertEqualToNaive(model, cases, results);
        }
    }

    private static void assertEqualToNaive(CausalLm model, List<Case> cases, List<NaiveDecoder.Generated> results) {
        for (int i = 0; i < cases.size(); i++) {
            NaiveDecoder.Generated expected = naively(model, cases.get(i));
            NaiveDecoder.Generated actual = results.get(i);
            assertThat(actual.tokens()).as("case %d", i).isEqualTo(expected.tokens());
            for (int t = 0; t < expected.margins().size(); t++) {
                assertThat(actual.margins().get(t))
                        .containsExactly(expected.margins().get(t), within(1e-4));
                assertThat(actual.kls().get(t)).isEqualTo(expected.kls().get(t), within(1e-3));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void shouldTurnAsideBeforeABadWordOrAnNgramThatCameBefore(long seed) {
        // Given: what is written when nothing is ruled out
        Random random = new Random(seed);
        List<Case> free =
                IntStream.range(0, 6).mapToObj(i -> freeCase(i, random)).toList();
        List<NaiveDecoder.Generated> written = batched(lm, free, 4);
        List<Case> ruled = new ArrayList<>();
        for (int i = 0; i < free.size(); i++) {
            Case c = free.get(i);
            List<Integer> tokens = written.get(i).tokens();
            List<int[]> parts = List.of(ints(tokens.subList(2, 4)), ints(tokens.subList(4, 7)));
            DecodingParameters decoding = c.decoding()
                    .with()
                    .minNewTokens(3)
                    .noRepeatNgramSize(1 + i % 3)
                    .build();
            ruled.add(new Case(c.prompt(), decoding, c.guidance(), parts, Set.of(tokens.get(0)), c.seed(), c.join()));
        }

        // When
        List<NaiveDecoder.Generated> results = batched(lm, ruled, 4);

        // Then
        assertEqualToNaive(lm, ruled, results);
        for (int i = 0; i < results.size(); i++) {
            List<Integer> tokens = results.get(i).tokens();
            for (int[] part : ruled.get(i).badWords()) {
                assertThat(Collections.indexOfSubList(tokens, boxed(part))).isNegative();
            }
            assertThat(tokens.subList(0, 3))
                    .doesNotContainAnyElementsOf(ruled.get(i).endTokens());
            int n = 1 + i % 3;
            assertThat(IntStream.rangeClosed(0, tokens.size() - n).mapToObj(from -> tokens.subList(from, from + n)))
                    .doesNotHaveDuplicates();
        }
    }

    /** Sampled, greedy and looping, plain and guided. */
    private static Case freeCase(int i, Random random) {
        int[] prompt = {random.nextInt(VOCABULARY), random.nextInt(VOCABULARY)};
        DecodingParameters decoding = new DecodingParameters(9, i % 2, 0, 0.9, 1, List.of());
        GuidanceParameters guided =
                i < 2 ? GuidanceParameters.NONE : new GuidanceParameters(Map.of("toxicity", 3.0), Mode.RAW, 16);
        return new Case(prompt, decoding, guided, random.nextLong(), i % 2);
    }

    private static int[] ints(List<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }

    @Test
    void shouldLiftBansWhereEveryTokenIsBanned() {
        // Given
        Case free = new Case(
                new int[] {1, 2, 3},
                new DecodingParameters(4, 0, 0, 1, 1, List.of()),
                new GuidanceParameters(Map.of("toxicity", 2.0), Mode.RAW, 8),
                1,
                0);
        List<int[]> all = IntStream.range(0, VOCABULARY)
                .mapToObj(token -> new int[] {token})
                .toList();
        Case banned = new Case(free.prompt(), free.decoding(), free.guidance(), all, Set.of(), 1, 0);
        Case plain = new Case(free.prompt(), free.decoding(), GuidanceParameters.NONE, all, Set.of(), 1, 0);

        // When
        List<NaiveDecoder.Generated> results = batched(lm, List.of(free, banned, plain), 3);

        // Then
        assertThat(results.get(1).tokens()).isEqualTo(results.get(0).tokens());
        assertEqualToNaive(lm, List.of(plain), List.of(results.get(2)));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void shouldEqualPlainSamplingWhenBetaIsZero(long seed) {
        // Given
        Random random = new Random(seed);
        int[] prompt = random.ints(9, 0, VOCABULARY).toArray();
        DecodingParameters decoding = new DecodingParameters(20, 0.8, 0, 0.7, 1.1, List.of());
        Case plain = new Case(prompt, decoding, GuidanceParameters.NONE, seed, 0);
        Case zero = new Case(prompt, decoding, new GuidanceParameters(Map.of("toxicity", 0.0), Mode.RAW, 64), seed, 0);

        // When
        List<NaiveDecoder.Generated> results = batched(lm, List.of(plain, zero), 2);

        // Then
        assertThat(results.get(1).tokens()).isEqualTo(results.get(0).tokens());
        assertThat(results.get(1).kls()).allSatisfy(kl -> assertThat(kl).isEqualTo(0, within(1e-12)));
    }

    @Test
    void shouldTakeExactlyOnePassPerGuidedToken() {
        // Given
        Case guided = new Case(
                new int[] {1, 2, 3},
                new DecodingParameters(12, 1, 0, 0.95, 1, List.of()),
                new GuidanceParameters(Map.of("toxicity", 2.0), Mode.RAW, 64),
                5,
                0);
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = new BatchDecoder(lm, guidance.rule(scope, 32), 1, 64, 64)) {

            // When
            decoder.admit(List.of(admission(guided)), new double[] {0});
            for (int t = 0; t < 12; t++) {
                decoder.step(new double[] {0.5});
            }

            // Then
            assertThat(decoder.passes()).isEqualTo(12);
            assertThat(decoder.cachedTokens(0)).isEqualTo(15);
        }
    }
}
