package dev.temper.runtime.decode;

import static dev.temper.runtime.decode.DecoderCases.GUIDANCE;
import static dev.temper.runtime.decode.DecoderCases.VOCABULARY;
import static dev.temper.runtime.decode.DecoderCases.admission;
import static dev.temper.runtime.decode.DecoderCases.assertEqualToNaive;
import static dev.temper.runtime.decode.DecoderCases.randomCase;
import static dev.temper.runtime.decode.DecoderCases.run;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.decode.DecoderCases.Case;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.LmConfig;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts read in parts between steps, and parts of them taken over, change no answer. */
class PromptReadingTest {
    private static final int SHARED = 20;

    private static CausalLm lm;

    @BeforeAll
    static void loadModel() {
        lm = TinyModels.llama(TorchRuntime.open("cpu", 1), VOCABULARY, 42);
    }

    @AfterAll
    static void closeModel() {
        lm.close();
    }

    private static List<Case> cases(long seed, int count) {
        Random random = new Random(seed);
        return random.ints(count).mapToObj(i -> randomCase(random)).toList();
    }

    /** The same requests, but that all prompts begin alike, and every third is the same. */
    private static List<Case> alike(List<Case> cases) {
        int[] beginning = new Random(9).ints(SHARED, 0, VOCABULARY).toArray();
        List<Case> alike = new ArrayList<>();
        for (Case c : cases) {
            int[] own = alike.size() % 3 == 0 ? new int[] {1, 2} : c.prompt();
            int[] prompt = IntStream.concat(Arrays.stream(beginning), Arrays.stream(own))
                    .toArray();
            alike.add(new Case(prompt, c.decoding(), c.guidance(), c.badWords(), c.endTokens(), c.seed(), c.join()));
        }
        return alike;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 1000})
    void shouldAnswerAlikeWhateverTheBudget(int budget) {
        // Given
        List<Case> cases = cases(31, 7);

        // When
        List<NaiveDecoder.Generated> results =
                run(lm, cases, new CacheLimits(3, 64, 0), budget).results();

        // Then
        assertEqualToNaive(lm, cases, results);
    }

    private static List<LmConfig> otherFamilies() {
        return TinyModels.otherFamilies(VOCABULARY);
    }

    /** Mistral's sliding window among them, which is shorter than most of the prompts here. */
    @ParameterizedTest
    @MethodSource("otherFamilies")
    void shouldAnswerAlikeInEveryFamilyWithPartsReadAndTakenOver(LmConfig config) {
        // Given
        List<Case> cases = alike(cases(32, 5));
        try (CausalLm model = TinyModels.random(TorchRuntime.open("cpu", 1), config, 7)) {

            // When
            DecoderCases.Run run = run(model, cases, new CacheLimits(3, 64, 1 << 20), 5);

            // Then
            assertEqualToNaive(model, cases, run.results());
            assertThat(Arrays.stream(run.reused()).filter(r -> r >= SHARED)).hasSize(cases.size() - 1);
        }
    }

    @Test
    void shouldReadTheSamePromptOnce() {
        // Given
        int[] prompt = new Random(3).ints(30, 0, VOCABULARY).toArray();
        List<Case> samples = cases(33, 6).stream()
                .map(c -> new Case(prompt, c.decoding(), c.guidance(), c.badWords(), c.endTokens(), c.seed(), 0))
                .toList();

        // When
        DecoderCases.Run run = run(lm, samples, new CacheLimits(6, 64, 0), 8);

        // Then
        assertEqualToNaive(lm, samples, run.results());
        assertThat(run.reused()).containsExactly(0, 29, 29, 29, 29, 29); // the last token is always read
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20_000, 1 << 20})
    void shouldKeepNoMoreOfEndedSequencesThanItMay(long keptBytes) {
        // Given
        List<Case> cases = alike(cases(34, 8));

        // When
        DecoderCases.Run run = run(lm, cases, new CacheLimits(1, 64, keptBytes), 1000);

        // Then
        assertEqualToNaive(lm, cases, run.results());
        boolean any = Arrays.stream(run.reused()).anyMatch(reused -> reused > 0);
        assertThat(any).isEqualTo(keptBytes > 0);
    }

    @Test
    void shouldGoOnWithAnswersWhileALongPromptIsRead() {
        // Given
        int[] longPrompt = new Random(4).ints(48, 0, VOCABULARY).toArray();
        Case answering = cases(35, 1).get(0);
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = new BatchDecoder(lm, GUIDANCE.rule(scope, 32), 3, 64, 64)) {
            decoder.admit(List.of(admission(answering)), new double[] {0.5});
            decoder.join(admission(new Case(longPrompt, answering.decoding(), answering.guidance(), 1, 0)), 0.5);
            int steps = 0;

            // When
            while (decoder.read(8).isEmpty()) {
                decoder.step(new double[] {0.5});
                steps++;
            }

            // Then
            assertThat(steps).isEqualTo(5);
            assertThat(decoder.running()).isEqualTo(2);
        }
    }

    @Test
    void shouldForgetAPromptThatIsGivenUpAndReadTheOthers() {
        // Given
        List<Case> cases = cases(36, 3);
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = new BatchDecoder(lm, GUIDANCE.rule(scope, 32), 3, 64, 64)) {
            cases.forEach(c -> decoder.join(admission(c), c.uniforms()[0]));
            decoder.read(1);

            // When
            decoder.giveUp(0);
            List<Joined> joined = decoder.read(1000);

            // Then
            assertThat(joined).extracting(Joined::reader).containsExactly(0, 1);
            assertThat(decoder.freeSlots()).isEqualTo(1);
        }
    }
}
