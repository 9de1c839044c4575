package dev.temper.runtime.decode;

import static dev.temper.runtime.decode.DecoderCases.GUIDANCE;
import static dev.temper.runtime.decode.DecoderCases.VOCABULARY;
import static dev.temper.runtime.decode.DecoderCases.admission;
import static dev.temper.runtime.decode.DecoderCases.assertEqualToNaive;
import static dev.temper.runtime.decode.DecoderCases.batched;
import static dev.temper.runtime.decode.DecoderCases.naively;
import static dev.temper.runtime.decode.DecoderCases.randomCase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.decode.DecoderCases.Case;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LmConfig;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The batched, cached, one-pass decoder against the naive one. */
class BatchDecoderTest {
    private static CausalLm lm;

    @BeforeAll
    static void loadModel() {
        lm = TinyModels.llama(TorchRuntime.open("cpu", 1), VOCABULARY, 42);
    }

    @AfterAll
    static void closeModel() {
        lm.close();
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

    @Test
    void shouldEqualNaiveRecomputationWithInt8Weights() {
        // Given
        Random random = new Random(22);
        List<Case> cases = random.ints(6).mapToObj(i -> randomCase(random)).toList();
        LmConfig gpt2 = otherFamilies().get(2);
        try (CausalLm model = TinyModels.random(TorchRuntime.open("cpu", 1), gpt2, ElementType.INT8, 7)) {

            // When
            List<NaiveDecoder.Generated> results = batched(model, cases, 4);

            // Then: margins may differ by a step of the rounding where the order of float32's sums tips it
            for (int i = 0; i < cases.size(); i++) {
                NaiveDecoder.Generated expected = naively(model, cases.get(i));
                assertThat(results.get(i).tokens()).as("case %d", i).isEqualTo(expected.tokens());
                for (int t = 0; t < expected.margins().size(); t++) {
                    assertThat(results.get(i).margins().get(t))
                            .containsExactly(expected.margins().get(t), within(0.05));
                }
            }
        }
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
                BatchDecoder decoder = new BatchDecoder(lm, GUIDANCE.rule(scope, 32), 1, 64, 64)) {

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

    @Test
    void shouldDecodeBeyondThePositionsThatTablesBeginWith() {
        // Given
        int[] prompt = new Random(8).ints(1030, 0, VOCABULARY).toArray();
        Admission greedy = new Admission(
                prompt, DecodingParameters.DEFAULT.with().temperature(0).build(), 0, new double[3]);
        List<Integer> text = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
        try (CausalLm model =
                        TinyModels.random(TorchRuntime.open("cpu", 1), TinyModels.longContext(VOCABULARY, 1100), 3);
                NDManager scope = model.newScope();
                BatchDecoder decoder = new BatchDecoder(model, GUIDANCE.rule(scope, 32), 1, 1100, 2)) {

            // When
            text.add(decoder.admit(List.of(greedy), new double[] {0}).get(0).token());
            for (int t = 0; t < 5; t++) {
                text.add(decoder.step(new double[] {0}).get(0).token());
            }

            // Then each is what a model that reads the whole text finds likeliest
            long[] ids = text.stream().mapToLong(Integer::longValue).toArray();
            NDArray states = model.hidden(scope, scope.create(ids, new Shape(1, ids.length)));
            float[] likeliest = model.logits(scope, states.get("0"))
                    .argMax(1)
                    .toType(DataType.FLOAT32, true)
                    .toFloatArray();
            for (int t = prompt.length; t < ids.length; t++) {
                assertThat(ids[t]).isEqualTo((long) likeliest[t - 1]);
            }
        }
    }
}
