package dev.temper.training.regularise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.decoder.LoraSettings;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.nado.AuxiliarySettings;
import dev.temper.training.nado.LabelledSequence;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A random model; of twenty of its tokens, in which all texts are written, the policy forbids the last five. */
class RegularisedTrainingTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final ModelFolder BASE = TinyModel.open();
    private static final int FIRST = 100;
    private static final int FORBIDDEN = 115;
    private static final int END = 120;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path work;

    private static int[] tokens(Random random, int count) {
        return random.ints(count, FIRST, END).toArray();
    }

    /** Prompts of two tokens and answers of three; one forbidden token breaks the policy. */
    private static List<LabelledSequence> samples(long seed) {
        Random random = new Random(seed);
        List<LabelledSequence> samples = new ArrayList<>();
        for (int s = 0; s < 600; s++) {
            int[] ids = tokens(random, 5);
            boolean violated = Arrays.stream(ids).skip(2).anyMatch(id -> id >= FORBIDDEN);
            samples.add(new LabelledSequence(new TokenSequence(ids, 1), violated ? 0 : 1));
        }
        return samples;
    }

    private static List<Domain> domains(double lambda) {
        Random random = new Random(11);
        List<TokenSequence> texts = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            texts.add(new TokenSequence(tokens(random, 6), 1));
        }
        return List.of(new Domain("policy", texts, lambda > 0 ? 0 : 1, lambda));
    }

    private static RegularisedSettings settings(Algorithm algorithm, Divergence divergence) {
        return settings(algorithm, divergence, 0);
    }

    private static RegularisedSettings settings(Algorithm algorithm, Divergence divergence, double samplesLambda) {
        return new RegularisedSettings(
                algorithm,
                2,
                new AuxiliarySettings(2, 32, 4, 5e-3, 0.02, 0.5, ElementType.FLOAT32, 10),
                new FineTuneSettings(30, 8, 1, 3e-3, 0.01, 1, divergence, ElementType.FLOAT32, 4),
                ReinforceSettings.DEFAULT,
                samplesLambda,
                5);
    }

    private RegularisedTraining training(
            RegularisedSettings settings, double lambda, Path folder, Progress.Factory progress) {
        return new RegularisedTraining(
                RUNTIME, BASE, domains(lambda), (lm, seed) -> samples(seed), settings, folder, "", progress);
    }

    /** Share of the forbidden tokens in the probability of all twenty, after random texts. */
    private static double forbidden(ModelFolder folder) {
        try (CausalLm lm = CausalLm.load(folder, RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT);
                NDManager scope = lm.newScope()) {
            Random random = new Random(77);
            long[] ids = random.longs(64L * 4, FIRST, END).toArray();
            NDArray hidden = lm.hidden(scope, scope.create(ids, new Shape(64, 4)));
            NDArray p = lm.logits(scope, hidden.reshape(64 * 4, -1)).softmax(1);
            double forbidden = p.get(":, " + FORBIDDEN + ":" + END).sum().getFloat();
            return forbidden / p.get(":, " + FIRST + ":" + END).sum().getFloat();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"SEQUENTIAL", "PARALLEL"})
    void shouldMoveProbabilityAwayFromWhatThePolicyForbids(Algorithm algorithm) {
        // Given
        double before = forbidden(BASE);

        // When
        ModelFolder regularised = training(settings(algorithm, Divergence.FORWARD), 5, work, Progress.Factory.SILENT)
                .run();

        // Then
        assertThat(forbidden(regularised)).isLessThan(0.7 * before);
        assertThat(work.resolve("phases.jsonl")).isNotEmptyFile();
    }

    @Test
    void shouldDoSoInTheOtherDirectionToo() {
        // Given
        double before = forbidden(BASE);

        // When
        ModelFolder regularised = training(
                        settings(Algorithm.SEQUENTIAL, Divergence.REVERSE), 5, work, Progress.Factory.SILENT)
                .run();

        // Then
        assertThat(forbidden(regularised)).isLessThan(0.7 * before);
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"SEQUENTIAL", "PARALLEL"})
    void shouldDoSoByRegularisingItsOwnSamplesAlone(Algorithm algorithm) {
        // Given
        double before = forbidden(BASE);

        // When the domain teaches nothing
        List<Domain> silent = List.of(new Domain("policy", domains(0).get(0).sequences(), 0, 0));
        ModelFolder regularised = new RegularisedTraining(
                        RUNTIME,
                        BASE,
                        silent,
                        (lm, seed) -> samples(seed),
                        settings(algorithm, Divergence.FORWARD, 5),
                        work,
                        "",
                        Progress.Factory.SILENT)
                .run();

        // Then
        assertThat(forbidden(regularised)).isLessThan(0.7 * before);
    }

    @Test
    void shouldNotMoveItByPlainFineTuning() {
        // Given
        double before = forbidden(BASE);

        // When
        ModelFolder plain = training(settings(Algorithm.PLAIN, Divergence.FORWARD), 0, work, Progress.Factory.SILENT)
                .run();

        // Then
        assertThat(forbidden(plain)).isGreaterThan(0.8 * before);
    }

    /** Answers of three tokens by the model itself; the reward is the share of tokens below the vocabulary's middle. */
    private static List<LabelledSequence> sampled(ModelFolder folder, long seed) {
        int middle = folder.llama().vocab() / 2;
        int answers = 300;
        Random random = new Random(seed);
        long[][] ids = new long[answers][];
        for (int s = 0; s < answers; s++) {
            ids[s] = new long[] {1, 2 + s % 6};
        }
        try (CausalLm lm = CausalLm.load(folder, RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT);
                NDManager scope = lm.newScope()) {
            for (int t = 2; t < 5; t++) {
                NDArray read = scope.create(
                        Arrays.stream(ids).flatMapToLong(Arrays::stream).toArray(), new Shape(answers, t));
                NDArray last = lm.hidden(scope, read).get(":, " + (t - 1));
                float[] p = lm.logits(scope, last).softmax(1).toFloatArray();
                int vocabulary = p.length / answers;
                for (int s = 0; s < answers; s++) {
                    double left = random.nextDouble();
                    int token = -1;
                    while (left >= 0 && token < vocabulary - 1) {
                        left -= p[s * vocabulary + ++token];
                    }
                    ids[s] = Arrays.copyOf(ids[s], t + 1);
                    ids[s][t] = token;
                }
            }
        }
        List<LabelledSequence> labelled = new ArrayList<>();
        for (long[] sequence : ids) {
            int[] tokens = Arrays.stream(sequence).mapToInt(id -> (int) id).toArray();
            long low = Arrays.stream(tokens).skip(2).filter(id -> id < middle).count();
            labelled.add(new LabelledSequence(new TokenSequence(tokens, 1), low / 3f));
        }
        return labelled;
    }

    private RegularisedTraining reinforcing(Path folder, Progress.Factory progress) {
        return new RegularisedTraining(
                RUNTIME,
                BASE,
                List.of(),
                RegularisedTrainingTest::sampled,
                new RegularisedSettings(
                        Algorithm.REINFORCE,
                        2,
                        settings(Algorithm.REINFORCE, Divergence.FORWARD).auxiliary(),
                        new FineTuneSettings(25, 32, 1, 5e-3, 0.01, 1, Divergence.FORWARD, ElementType.FLOAT32, 4),
                        new ReinforceSettings(0.02, 0.2),
                        0,
                        5),
                folder,
                "",
                progress);
    }

    private static double meanReward(ModelFolder folder) {
        return sampled(folder, 99).stream()
                .mapToDouble(LabelledSequence::satisfied)
                .average()
                .orElseThrow();
    }

    @Test
    void shouldEarnMoreRewardByReinforcement() {
        // Given
        double before = meanReward(BASE);

        // When
        ModelFolder reinforced = reinforcing(work, Progress.Factory.SILENT).run();

        // Then
        assertThat(before).isLessThan(0.6);
        assertThat(meanReward(reinforced)).isGreaterThan(before + 0.2);
    }

    @Test
    void shouldReinforceToTheSameWeightsAfterKills(@TempDir Path straight) throws IOException {
        // Given
        byte[] undisturbed =
                weights(reinforcing(straight, Progress.Factory.SILENT).run());

        // When
        int kills = 0;
        ModelFolder finished = null;
        while (finished == null) {
            try {
                finished = reinforcing(work, dyingAfter(13)).run();
            } catch (Killed e) {
                kills++;
            }
        }

        // Then
        assertThat(kills).isGreaterThan(3);
        assertThat(weights(finished)).isEqualTo(undisturbed);
    }

    @Test
    void shouldGoOnAfterAKillAtAnyPhaseToTheSameWeights(@TempDir Path straight) throws IOException {
        // Given
        RegularisedSettings settings = settings(Algorithm.SEQUENTIAL, Divergence.FORWARD, 1);
        byte[] undisturbed =
                weights(training(settings, 1, straight, Progress.Factory.SILENT).run());

        // When killed again and again, each time some steps further
        int kills = 0;
        ModelFolder finished = null;
        while (finished == null) {
            try {
                finished = training(settings, 1, work, dyingAfter(13)).run();
            } catch (Killed e) {
                kills++;
            }
        }

        // Then
        assertThat(kills).isGreaterThan(3);
        assertThat(weights(finished)).isEqualTo(undisturbed);
    }

    @Test
    void shouldNotSampleAgainAfterAKill() {
        // Given samples that are never the same twice
        RegularisedSettings settings = settings(Algorithm.SEQUENTIAL, Divergence.FORWARD, 1);
        AtomicInteger drawn = new AtomicInteger();
        SampleSource changing = (lm, seed) -> samples(drawn.incrementAndGet());

        // When killed within R's training of the first iteration
        assertThatThrownBy(() -> new RegularisedTraining(
                                RUNTIME, BASE, domains(1), changing, settings, work, "", dyingAfter(13))
                        .run())
                .isInstanceOf(Killed.class);
        new RegularisedTraining(RUNTIME, BASE, domains(1), changing, settings, work, "", Progress.Factory.SILENT).run();

        // Then
        assertThat(drawn).hasValue(settings.iterations());
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"PLAIN", "REINFORCE"})
    void shouldRefuseToRegulariseSamplesWithoutAnAuxiliaryModel(Algorithm algorithm) {
        assertThatThrownBy(() -> settings(algorithm, Divergence.FORWARD, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave samples.lambda out");
    }

    @Test
    void shouldTrainAtLowRankAloneAndGoOnAfterKillsToTheSameWeights(@TempDir Path straight) throws IOException {
        // Given
        LoraSettings lora = new LoraSettings(4, 8, List.of("q_proj", "down_proj"));
        FineTuneSettings steps = new FineTuneSettings(
                12, 8, 1, 3e-3, 0.01, 1, Divergence.FORWARD, ElementType.FLOAT32, 4, Optional.of(lora));
        RegularisedSettings settings = new RegularisedSettings(
                Algorithm.PLAIN,
                1,
                settings(Algorithm.PLAIN, Divergence.FORWARD).auxiliary(),
                steps,
                ReinforceSettings.DEFAULT,
                0,
                5);
        byte[] undisturbed =
                weights(training(settings, 0, straight, Progress.Factory.SILENT).run());

        // When killed after a checkpoint
        assertThatThrownBy(() -> training(settings, 0, work, dyingAfter(7)).run())
                .isInstanceOf(Killed.class);
        ModelFolder finished =
                training(settings, 0, work, Progress.Factory.SILENT).run();

        // Then
        assertThat(weights(finished)).isEqualTo(undisturbed);
        try (NDManager manager = RUNTIME.newManager()) {
            List<NDArray> before = loaded(manager, BASE);
            List<NDArray> after = loaded(manager, finished);
            for (int i = 0; i < before.size(); i++) {
                boolean adapted = i < BASE.llama().layers() * LlamaWeights.PER_LAYER
                        && (i % LlamaWeights.PER_LAYER == 1 || i % LlamaWeights.PER_LAYER == 5);
                boolean same =
                        Arrays.equals(before.get(i).toFloatArray(), after.get(i).toFloatArray());
                assertThat(same).as("weight %d", i).isEqualTo(!adapted);
            }
        }
    }

    private static List<NDArray> loaded(NDManager manager, ModelFolder folder) {
        return WeightLoader.load(
                        folder.weights(), folder.weightPlan(), ElementType.FLOAT32, manager, LoadProgress.SILENT)
                .arrays();
    }

    @Test
    void shouldRefuseTheWorkFolderOfAnotherTraining() {
        // Given
        RegularisedSettings settings = settings(Algorithm.PLAIN, Divergence.FORWARD);
        training(settings, 1, work, Progress.Factory.SILENT).run();

        // When, Then
        assertThatThrownBy(() ->
                        training(settings, 2, work, Progress.Factory.SILENT).run())
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("another base");
    }

    private static byte[] weights(ModelFolder folder) throws IOException {
        return Files.readAllBytes(folder.path().resolve("model.safetensors"));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A bar that kills its training after so many steps. */
    private static Progress.Factory dyingAfter(int steps) {
        AtomicInteger done = new AtomicInteger();
        return (task, unit, total) -> new Progress() {
            @Override
            public void reached(long step) {
                if (done.incrementAndGet() > steps) {
                    throw new Killed();
                }
            }

            @Override
            public void say(String message) {}

            @Override
            public void close() {}
        };
    }
}
