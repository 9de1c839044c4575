package dev.temper.training.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.nado.GoldenTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceLikelihoodTest {
    private static final double TOLERANCE = 2e-4; // nats a token, float32

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama31"})
    void shouldFindTokensAsLikelyAsTheReferenceDoes(String name) {
        // Given: a text and the reference's loss at each of its tokens
        GoldenTensors golden = GoldenTensors.open("models/" + name);
        int[] ids = Arrays.stream(golden.values("ppl.input_ids"))
                .mapToInt(id -> (int) id)
                .toArray();
        double[] loss = golden.values("ppl.nll");
        try (CausalLm model = model(name);
                SequenceLikelihood likelihood = new SequenceLikelihood(model)) {

            // When: whole, and from its middle on, in one go
            List<TokenLikelihoods> judged =
                    likelihood.of(List.of(new TokenSpan(ids, 1), new TokenSpan(ids, ids.length / 2)));

            // Then
            for (int i = 1; i < ids.length; i++) {
                assertThat(judged.get(0).logLikelihoods()[i - 1]).isCloseTo(-loss[i - 1], within(TOLERANCE));
            }
            double half = Arrays.stream(loss, ids.length / 2 - 1, loss.length).sum();
            assertThat(judged.get(1).sum()).isCloseTo(-half, within(TOLERANCE * ids.length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama32"})
    void shouldJudgeManyTogetherAsOneAtATime(String name) {
        // Given: sequences of all lengths, more tokens than are read at once, some that differ in their last token only
        try (CausalLm model = model(name);
                SequenceLikelihood likelihood = new SequenceLikelihood(model)) {
            Random random = new Random(3);
            int longest = model.shape().maxPositions() + 1;
            List<TokenSpan> spans = new ArrayList<>();
            for (int n = 0; n < 120; n++) {
                int[] ids = random.ints(
                                2 + random.nextInt(longest - 2),
                                0,
                                model.shape().vocab())
                        .toArray();
                int start = 1 + random.nextInt(ids.length);
                spans.add(new TokenSpan(ids, start));
                if (n % 4 == 0) {
                    int[] sister = ids.clone();
                    sister[ids.length - 1] =
                            (ids[ids.length - 1] + 1) % model.shape().vocab();
                    spans.add(new TokenSpan(sister, ids.length - 1));
                }
            }

            // When
            List<TokenLikelihoods> judged = likelihood.of(spans);

            // Then
            List<TokenLikelihoods> naive = new NaiveLikelihood(model)
                    .of(spans.stream()
                            .filter(span -> span.ids().length < longest)
                            .toList());
            int at = 0;
            int greedy = 0;
            for (int s = 0; s < spans.size(); s++) {
                if (spans.get(s).ids().length < longest) { // the naive way also reads the last token
                    assertThat(judged.get(s).logLikelihoods())
                            .containsExactly(naive.get(at).logLikelihoods(), within(TOLERANCE));
                    assertThat(judged.get(s).greedy()).isEqualTo(naive.get(at).greedy());
                    greedy += naive.get(at).allGreedy() ? 1 : 0;
                    at++;
                }
            }
            assertThat(at).isGreaterThan(100);
            assertThat(greedy).isLessThan(at);
            assertThat(model.liveArrays()).isLessThan(200); // nothing of a batch is left behind
        }
    }

    @Test
    void shouldKnowWhatGreedyDecodingWouldWrite() {
        // Given: what the reference writes greedily after a prompt
        GoldenTensors golden = GoldenTensors.open("models/gpt2");
        int[] prompt = ints(golden.values("prompt0.input_ids"));
        int[] written = Arrays.copyOf(ints(golden.values("greedy0.tokens")), 8);
        int[] ids = Arrays.copyOf(prompt, prompt.length + written.length);
        System.arraycopy(written, 0, ids, prompt.length, written.length);
        int[] other = ids.clone();
        other[ids.length - 1]++;
        try (CausalLm model = model("gpt2");
                SequenceLikelihood likelihood = new SequenceLikelihood(model)) {

            // When
            List<TokenLikelihoods> judged =
                    likelihood.of(List.of(new TokenSpan(ids, prompt.length), new TokenSpan(other, prompt.length)));

            // Then
            assertThat(judged.get(0).allGreedy()).isTrue();
            assertThat(judged.get(1).allGreedy()).isFalse();
        }
    }

    @Test
    void shouldRefuseWhatTheModelCannotRead() {
        // Given
        try (CausalLm model = model("llama32");
                SequenceLikelihood likelihood = new SequenceLikelihood(model)) {
            int[] tooLong = new int[model.shape().maxPositions() + 2];

            // When, Then
            assertThatThrownBy(() -> likelihood.of(List.of(new TokenSpan(tooLong, 1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("130 tokens, but the model reads 128");
            assertThatThrownBy(() -> new TokenSpan(new int[3], 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new TokenSpan(new int[3], 4)).isInstanceOf(IllegalArgumentException.class);
            assertThat(likelihood
                            .of(List.of(new TokenSpan(new int[3], 3)))
                            .get(0)
                            .sum())
                    .isZero();
        }
    }

    @Test
    void shouldRefuseToCountWhatADamagedModelGives(@TempDir Path folder) throws IOException {
        // Given: a copy of a model whose weights are NaN
        Path original = TinyModel.open("gpt2").path();
        for (String file : List.of("config.json", "tokenizer.json")) {
            Files.copy(original.resolve(file), folder.resolve(file));
        }
        ByteBuffer weights = ByteBuffer.wrap(Files.readAllBytes(original.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 8 + (int) weights.getLong(0); at + 4 <= weights.capacity(); at += 4) {
            weights.putFloat(at, Float.NaN);
        }
        Files.write(folder.resolve("model.safetensors"), weights.array());
        try (LikelihoodModel damaged = LikelihoodModel.open(ModelFolder.open(folder), runtime, ElementType.FLOAT32)) {

            // When, Then
            assertThatThrownBy(() -> damaged.of(List.of(new TokenSpan(new int[] {1, 2, 3}, 1))))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("NaN");
        }
    }

    private static int[] ints(double[] values) {
        return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }

    private CausalLm model(String name) {
        return CausalLm.load(TinyModel.open(name), runtime, ElementType.FLOAT32, LoadProgress.SILENT);
    }
}
