package dev.temper.training.regularise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyDecoders;
import dev.temper.training.decoder.SequenceBatch;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.nado.LabelledSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All answers of two tokens to one prompt, over a vocabulary of six, are enumerated. */
class PolicyGradientTest {
    private static final int VOCABULARY = 6;
    private static final double KL = 0.3;
    private static final double CLIP = 0.2;

    /** The same formulas, naively: probabilities of whole answers, and softmaxes written out. */
    private static final String NAIVE = """
              def logits(self: __torch__.Module_, ids: Tensor, rows: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor]) -> Tensor:
                return __torch__.logits_at(rows, ids, dims, real, frequencies, compute, w)

              def expectation(self: __torch__.Module_, ids: Tensor, rows: Tensor, tokens: Tensor, reward: Tensor, strength: Tensor, compute: Tensor, dims: Tensor, real: Tensor, frequencies: Tensor, w: List[Tensor], b_w: List[Tensor]) -> Tensor:
                p = torch.softmax(__torch__.logits_at(rows, ids, dims, real, frequencies, compute, w), 1)
                b = torch.softmax(__torch__.logits_at(rows, ids, dims, real, frequencies, compute, b_w), 1)
                chosen = p.gather(1, tokens.unsqueeze(1)).squeeze(1).reshape([-1, 2])
                expected = (chosen.prod(1) * reward).sum()
                distance = (p * torch.log(p / b)).sum() / ids.size(0)
                return -(expected - strength[0] * distance)
            """;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private final NDManager scope = runtime.newManager();
    private final TrainableDecoder base = TinyDecoders.random(runtime.newManager(), VOCABULARY, 1);
    private final Script naive = Script.compile(scope, base.texts(), NAIVE);
    private final NDArray compute = base.computing(ElementType.FLOAT32);
    private final List<TokenSequence> answers = IntStream.range(0, VOCABULARY * VOCABULARY)
            .mapToObj(i -> new TokenSequence(new int[] {1, 2, i / VOCABULARY, i % VOCABULARY}, 2))
            .toList();

    @AfterEach
    void close() {
        scope.close();
        base.close();
    }

    private static FineTuneSettings settings() {
        return new FineTuneSettings(1, 1, 1, 1e-3, 0, 1, Divergence.FORWARD, ElementType.FLOAT32, 1);
    }

    /** log p of each answer's two tokens: [answers][2]. */
    private double[][] logProbabilities(TrainableDecoder model) {
        SequenceBatch batch = SequenceBatch.of(scope, answers);
        float[] z = naive.call(
                        scope,
                        "logits",
                        batch.ids(),
                        batch.rows(),
                        compute,
                        model.dims(),
                        model.real(),
                        model.frequencies(),
                        model.weightArray())
                .toFloatArray();
        double[][] log = new double[answers.size()][2];
        for (int row = 0; row < 2 * answers.size(); row++) {
            double sum = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                sum += Math.exp(z[row * VOCABULARY + v]);
            }
            int token = answers.get(row / 2).ids()[2 + row % 2];
            log[row / 2][row % 2] = z[row * VOCABULARY + token] - Math.log(sum);
        }
        return log;
    }

    private static List<float[]> gradients(TrainableDecoder model) {
        return model.distinctWeights().stream()
                .map(weight -> weight.getGradient().toFloatArray())
                .toList();
    }

    private double[] rewards() {
        return new Random(3).doubles(answers.size()).toArray();
    }

    @Test
    void shouldHaveTheGradientOfTheExpectedRewardAndOfTheDistance() {
        // Given each answer as often as the model gives it, and any baseline
        double[] rewards = rewards();
        try (TrainableDecoder model = TinyDecoders.random(runtime.newManager(), VOCABULARY, 2);
                TrainableDecoder sampled = TinyDecoders.random(runtime.newManager(), VOCABULARY, 2);
                TrainableDecoder again =
                        TinyDecoders.random(runtime.newManager(), VOCABULARY, 2).requiringGradients();
                PolicyGradient training =
                        new PolicyGradient(model, sampled, base, new ReinforceSettings(KL, CLIP), settings())) {
            double[][] log = logProbabilities(again);
            List<PolicySample> samples = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                double frequency = Math.exp(log[i][0] + log[i][1]) * answers.size();
                samples.add(new PolicySample(answers.get(i), frequency * (rewards[i] - 0.37)));
            }

            // When
            training.backward(samples, 1);
            SequenceBatch batch = SequenceBatch.of(scope, answers);
            float[] reward = new float[answers.size()];
            IntStream.range(0, reward.length).forEach(i -> reward[i] = (float) rewards[i]);
            Autograd.backward(() -> naive.forwardWithGradients(
                    "expectation",
                    batch.ids(),
                    batch.rows(),
                    batch.targets(),
                    scope.create(reward),
                    scope.create(new float[] {(float) KL}),
                    compute,
                    again.dims(),
                    again.real(),
                    again.frequencies(),
                    again.weightArray(),
                    base.weightArray()));

            // Then
            List<float[]> actual = gradients(model);
            List<float[]> expected = gradients(again);
            float largest = 0;
            for (int w = 0; w < expected.size(); w++) {
                assertThat(actual.get(w)).containsExactly(expected.get(w), offset(2e-5f));
                for (float g : expected.get(w)) {
                    largest = Math.max(largest, Math.abs(g));
                }
            }
            assertThat(largest).isGreaterThan(0.01f);
        }
    }

    @Test
    void shouldCutOffWhatHasMovedAwayFromTheSamples() {
        // Given a model that is not the one that was sampled
        double[] rewards = rewards();
        try (TrainableDecoder model = TinyDecoders.random(runtime.newManager(), VOCABULARY, 2);
                TrainableDecoder sampled = TinyDecoders.random(runtime.newManager(), VOCABULARY, 4);
                PolicyGradient training =
                        new PolicyGradient(model, sampled, base, new ReinforceSettings(0, CLIP), settings())) {
            double[][] now = logProbabilities(model);
            double[][] then = logProbabilities(sampled);
            double sum = 0;
            for (int i = 0; i < answers.size(); i++) {
                for (int t = 0; t < 2; t++) {
                    double ratio = Math.exp(now[i][t] - then[i][t]);
                    double advantage = rewards[i] - 0.5;
                    sum += Math.min(ratio * advantage, Math.max(1 - CLIP, Math.min(1 + CLIP, ratio)) * advantage);
                }
            }

            // When
            double loss = training.backward(
                    IntStream.range(0, answers.size())
                            .mapToObj(i -> new PolicySample(answers.get(i), rewards[i] - 0.5))
                            .toList(),
                    1);

            // Then
            assertThat(loss).isCloseTo(-sum / answers.size(), within(1e-5));
        }
    }

    @Test
    void shouldTakeTheOtherAnswersToAPromptAsItsBaseline() {
        // Given three answers to one prompt, one to another
        List<LabelledSequence> labelled = List.of(
                new LabelledSequence(new TokenSequence(new int[] {1, 2, 3}, 1), 1),
                new LabelledSequence(new TokenSequence(new int[] {1, 2, 3, 4}, 1), 0.5f),
                new LabelledSequence(new TokenSequence(new int[] {1, 5, 3}, 1), 1),
                new LabelledSequence(new TokenSequence(new int[] {1, 2, 4}, 1), 0));

        // When
        List<PolicySample> samples = PolicySample.of(labelled);

        // Then
        assertThat(samples).extracting(PolicySample::advantage).containsExactly(1 - 0.25, 0.5 - 0.5, 0.0, 0 - 0.75);
        assertThat(samples).allMatch(sample -> sample.sequence().start() == 2); // the answer alone
    }

    @Test
    void shouldRefuseBadSettings() {
        assertThatThrownBy(() -> new ReinforceSettings(-1, 0.2)).hasMessageContaining("kl");
        assertThatThrownBy(() -> new ReinforceSettings(0.1, 1)).hasMessageContaining("clip");
    }
}
