package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomWeightsTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final LmConfig GPT2 = TinyModels.otherFamilies(64).stream()
            .filter(Gpt2Config.class::isInstance)
            .findFirst()
            .orElseThrow();

    private static float[] logits(ElementType type, long seed) {
        try (CausalLm lm = CausalLm.random(GPT2, RUNTIME, type, seed);
                NDManager scope = lm.newScope()) {
            NDArray hidden = lm.hidden(scope, scope.create(new long[][] {{1, 2, 3}}));
            return lm.logits(scope, hidden.squeeze(0)).toFloatArray();
        }
    }

    @Test
    void shouldDrawTheSameModelForTheSameSeedOnly() {
        // When
        float[] first = logits(ElementType.FLOAT32, 1);

        // Then
        assertThat(logits(ElementType.FLOAT32, 1)).containsExactly(first);
        assertThat(logits(ElementType.FLOAT32, 2)).isNotEqualTo(first);
        assertThat(logits(ElementType.BFLOAT16, 1)).hasSameSizeAs(first);
    }

    @Test
    void shouldInitialiseAsBeforeTraining() {
        // Given
        try (NDManager owner = RUNTIME.newManager()) {
            WeightPlan plan = GPT2.causalPlan();

            // When
            List<NDArray> weights = RandomWeights.draw(plan, ElementType.FLOAT32, owner, 7);

            // Then
            assertThat(weights).hasSameSizeAs(plan.slots());
            assertThat(weights.get(0).toFloatArray()).as("norm").containsOnly(1);
            assertThat(weights.get(1).toFloatArray()).as("its bias").containsOnly(0);
            float[] matrix = weights.get(2).toFloatArray();
            double square = 0;
            for (float x : matrix) {
                square += x * x;
            }
            assertThat(Math.sqrt(square / matrix.length)).isBetween(0.018, 0.022);
            assertThat(weights.get(weights.size() - 1)).as("a tied head").isSameAs(weights.get(12 * 2));
        }
    }
}
