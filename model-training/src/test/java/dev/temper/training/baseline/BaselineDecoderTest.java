package dev.temper.training.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.decode.Joined;
import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.training.baseline.NaiveBaseline.Drawn;
import dev.temper.training.baseline.NaiveBaseline.Method;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.nado.AuxiliaryModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BaselineDecoderTest {
    private static final int SLOTS = 4;
    private static final int VOCABULARY = 900; // of the smallest
    private static final int CONTEXT = 48;
    private static final CacheLimits LIMITS = new CacheLimits(SLOTS, CONTEXT, 0);

    private final CausalLm base = Goldens.load(Goldens.folder("models/llama32"));
    private final CausalLm expert = Goldens.load(Goldens.folder("models/llama31"));
    private final CausalLm reward = Goldens.load(Goldens.folder("classifiers/llama_cls"));

    @SuppressWarnings("NullAway.Init")
    private CausalLm auxiliary;

    /** R that prefers some tokens, and looks at the text. */
    static Path saveAuxiliary(Path folder) {
        ModelFolder base = ModelFolder.open(Goldens.folder("models/llama32"));
        try (TrainableDecoder auxiliary = AuxiliaryModel.create(Goldens.RUNTIME.newManager(), base, 2);
                NDManager scope = auxiliary.newScope()) {
            NDArray head = auxiliary.weights().get(auxiliary.weights().size() - 1);
            Random random = new Random(4);
            float[] values = new float[(int) head.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() / 4;
            }
            head.set(scope.create(values, head.getShape()).toByteBuffer());
            AuxiliaryModel.save(
                    folder,
                    base,
                    auxiliary,
                    new ObjectMapper().createObjectNode().put("kind", "auxiliary"));
        }
        return folder;
    }

    @BeforeAll
    void loadAuxiliary(@TempDir Path folder) {
        auxiliary = Goldens.load(saveAuxiliary(folder.resolve("auxiliary")));
    }

    @AfterAll
    void close() {
        List.of(base, expert, reward, auxiliary).forEach(CausalLm::close);
    }

    /** One sequence of a batch. */
    private record Case(int[] prompt, DecodingParameters decoding, List<int[]> badWords, double[] uniforms, int join) {
        Admission admission() {
            return new Admission(prompt, decoding, 0, new double[0], badWords, Set.of(7));
        }
    }

    /** Different lengths, joining at different steps, some with equal prompts, more than there are slots. */
    private static List<Case> cases(long seed, boolean everyRule) {
        Random random = new Random(seed);
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            prompts.add(random.ints(1 + random.nextInt(12), 0, VOCABULARY).toArray());
        }
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            DecodingParameters decoding = DecodingParameters.DEFAULT
                    .with()
                    .maxNewTokens(3 + random.nextInt(4))
                    .temperature(random.nextBoolean() ? 1 : 0.5 + random.nextDouble())
                    .topK(random.nextInt(3) > 0 ? 0 : 5 + random.nextInt(40))
                    .topP(random.nextInt(3) > 0 ? 0.9 : 1)
                    .build();
            if (everyRule && i % 2 == 0) {
                decoding = decoding.with()
                        .repetitionPenalty(1.3)
                        .frequencyPenalty(0.5)
                        .minNewTokens(2)
                        .noRepeatNgramSize(2)
                        .minP(0.01)
                        .build();
            }
            List<int[]> badWords = everyRule
                    ? List.of(
                            random.ints(1, 0, VOCABULARY).toArray(),
                            random.ints(2, 0, VOCABULARY).toArray())
                    : List.of();
            double[] uniforms = random.doubles(decoding.maxNewTokens()).toArray();
            cases.add(new Case(prompts.get(random.nextInt(prompts.size())), decoding, badWords, uniforms, i / 2));
        }
        return cases;
    }

    /** Runs all cases in one decoder; each leaves when it has all its tokens. */
    private static List<List<Drawn>> run(
            SequenceDecoder decoder, List<Case> cases, Function<Case, Admission> admission) {
        List<List<Drawn>> drawn = new ArrayList<>();
        cases.forEach(c -> drawn.add(new ArrayList<>()));
        List<Integer> waiting = new ArrayList<>();
        List<Integer> reading = new ArrayList<>();
        List<Integer> running = new ArrayList<>();
        for (int c = 0; c < cases.size(); c++) {
            waiting.add(c);
        }
        for (int step = 0; !waiting.isEmpty() || !reading.isEmpty() || !running.isEmpty(); step++) {
            while (decoder.freeSlots() > 0
                    && !waiting.isEmpty()
                    && cases.get(waiting.get(0)).join() <= step) {
                int c = waiting.remove(0);
                decoder.join(admission.apply(cases.get(c)), cases.get(c).uniforms()[0]);
                reading.add(c);
            }
            List<Integer> before = List.copyOf(reading);
            for (Joined joined : decoder.read(16)) {
                Integer c = before.get(joined.reader());
                reading.remove(c);
                running.add(c);
                collect(drawn.get(c), joined.decision());
            }
            leave(decoder, running, cases, drawn);
            double[] uniforms = running.stream()
                    .mapToDouble(c -> cases.get(c).uniforms()[drawn.get(c).size()])
                    .toArray();
            if (uniforms.length > 0) {
                List<Decision> decisions = decoder.step(uniforms);
                for (int i = 0; i < uniforms.length; i++) {
                    collect(drawn.get(running.get(i)), decisions.get(i));
                }
                leave(decoder, running, cases, drawn);
            }
        }
        return drawn;
    }

    private static void collect(List<Drawn> drawn, Decision decision) {
        assertThat(decision.finite()).isTrue();
        drawn.add(new Drawn(decision.token(), decision.kl()));
    }

    private static void leave(
            SequenceDecoder decoder, List<Integer> running, List<Case> cases, List<List<Drawn>> drawn) {
        for (int i = running.size() - 1; i >= 0; i--) {
            int c = running.get(i);
            if (drawn.get(c).size() == cases.get(c).decoding().maxNewTokens()) {
                decoder.release(i);
                int last = running.remove(running.size() - 1);
                if (i < running.size()) {
                    running.set(i, last);
                }
            }
        }
    }

    private void assertLikeNaive(NextTokenRule rule, Method naive, boolean steers, long seed) {
        List<Case> cases = cases(seed, false);
        try (BaselineDecoder decoder = new BaselineDecoder(base, rule, LIMITS, List.of())) {
            List<List<Drawn>> drawn = run(decoder, cases, Case::admission);
            for (int c = 0; c < cases.size(); c++) {
                Case one = cases.get(c);
                List<Drawn> expected = NaiveBaseline.answer(naive, one.prompt(), one.decoding(), one.uniforms());
                assertThat(tokens(drawn.get(c))).as("case %d", c).isEqualTo(tokens(expected));
                for (int t = 0; t < expected.size(); t++) {
                    assertThat(drawn.get(c).get(t).kl())
                            .isCloseTo(expected.get(t).kl(), within(1e-3));
                }
            }
            assertThat(drawn.stream()
                                    .flatMap(List::stream)
                                    .mapToDouble(Drawn::kl)
                                    .max()
                                    .orElseThrow()
                            > 0.05)
                    .isEqualTo(steers);
        }
    }

    private static List<Integer> tokens(List<Drawn> drawn) {
        return drawn.stream().map(Drawn::token).toList();
    }

    private static CachedModel cached(CausalLm lm) {
        return new CachedModel(lm, false, SLOTS, CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"models/llama32", "models/gpt2"})
    void shouldGiveTheEnginesTokensWithoutAMethod(String name) {
        // Given
        List<Case> cases = cases(1, true);
        SubspaceGuidance unguided = new SubspaceGuidance(List.of());
        try (CausalLm lm = Goldens.load(Goldens.folder(name));
                NDManager scope = lm.newScope();
                BatchDecoder engines =
                        new BatchDecoder(lm, unguided.rule(scope, lm.shape().hidden()), LIMITS, 16);
                BaselineDecoder decoder = new BaselineDecoder(lm, new PlainRule(), LIMITS, List.of())) {

            // When
            List<List<Drawn>> drawn = run(decoder, cases, Case::admission);
            List<List<Drawn>> expected = run(
                    engines,
                    cases,
                    c -> new Admission(c.prompt(), c.decoding(), 0, new double[1], c.badWords(), Set.of(7)));

            // Then
            assertThat(drawn.stream().map(BaselineDecoderTest::tokens).toList())
                    .isEqualTo(
                            expected.stream().map(BaselineDecoderTest::tokens).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.75, 0.2})
    void shouldSampleFromNadosClosestDistribution(double delta) {
        NadoRule rule = new NadoRule(Goldens.RUNTIME.newManager(), cached(auxiliary), delta, SLOTS);

        assertLikeNaive(rule, NaiveBaseline.nado(base, auxiliary, delta), delta > 0.5, 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 3, 200})
    void shouldAddTheRewardToTheLikeliestTokens(double beta) {
        RadRule rule = new RadRule(Goldens.RUNTIME.newManager(), cached(reward), new int[] {0}, false, beta, 20);

        assertLikeNaive(rule, NaiveBaseline.rad(base, reward, beta, 20), beta > 0, 3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 2})
    void shouldAddTheDifferenceOfTheExperts(double alpha) {
        DExpertsRule rule = new DExpertsRule(cached(expert), cached(auxiliary), alpha);

        assertLikeNaive(rule, NaiveBaseline.dexperts(base, expert, auxiliary, alpha), alpha > 0, 4);
    }

    @Test
    void shouldNeverCompleteAForbiddenRunAndSayHowFarThatIsFromTheModel() {
        // Given the tokens that the model would choose
        List<Case> cases = cases(5, false);
        List<List<Drawn>> free;
        try (BaselineDecoder decoder = new BaselineDecoder(base, new PlainRule(), LIMITS, List.of())) {
            free = run(decoder, cases, Case::admission);
        }
        List<int[]> forbidden = new ArrayList<>();
        free.forEach(tokens -> forbidden.add(new int[] {tokens.get(0).token()}));

        // When
        List<List<Drawn>> filtered;
        try (BaselineDecoder decoder = new BaselineDecoder(base, new PlainRule(), LIMITS, forbidden)) {
            filtered = run(decoder, cases, Case::admission);
        }

        // Then
        Set<Integer> out =
                Set.copyOf(forbidden.stream().map(run -> run[0]).distinct().toList());
        assertThat(filtered).allSatisfy(answer -> assertThat(tokens(answer)).noneMatch(out::contains));
        assertThat(free).allSatisfy(answer -> assertThat(answer).allMatch(drawn -> drawn.kl() < 1e-6));
        assertThat(filtered).allSatisfy(answer -> assertThat(answer).allMatch(drawn -> drawn.kl() > 0));
    }

    @Test
    void shouldKeepNoArraysOfWhatHasEnded() {
        // Given
        List<Case> cases = cases(6, true);
        NadoRule rule = new NadoRule(Goldens.RUNTIME.newManager(), cached(auxiliary), 0.9, SLOTS);
        try (BaselineDecoder decoder = new BaselineDecoder(base, rule, LIMITS, List.of())) {
            run(decoder, cases, Case::admission);
            int ofBase = base.liveArrays();
            int ofAuxiliary = auxiliary.liveArrays();

            // When
            run(decoder, cases, Case::admission);

            // Then
            assertThat(base.liveArrays()).isEqualTo(ofBase);
            assertThat(auxiliary.liveArrays()).isEqualTo(ofAuxiliary);
            assertThat(decoder.freeSlots()).isEqualTo(SLOTS);
        }
    }
}
