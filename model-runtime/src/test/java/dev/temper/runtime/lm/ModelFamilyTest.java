package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A family is one file and a line that names it: {@link MeanModel} is known to these tests alone. */
class ModelFamilyTest {
    private static final int VOCAB = 11;
    private static final int HIDDEN = 6;

    private final Path folder;
    private final float[] embedding = new float[VOCAB * HIDDEN];

    ModelFamilyTest(@TempDir Path temp) throws IOException {
        folder = Goldens.copy("models/llama2", temp.resolve("model"));
        Random random = new Random(7);
        for (int i = 0; i < embedding.length; i++) {
            embedding[i] = (float) random.nextGaussian();
        }
        Files.writeString(
                folder.resolve("config.json"), "{\"model_type\":\"mean\",\"vocab_size\":11,\"hidden_size\":6}");
        try (SafetensorsWriter writer = new SafetensorsWriter(
                folder.resolve("model.safetensors"),
                List.of(new SafetensorsWriter.Declared(
                        "model.embedding", ElementType.FLOAT32, List.of((long) VOCAB, (long) HIDDEN))),
                Map.of())) {
            writer.write("model.embedding", embedding, ElementType.FLOAT32);
        }
    }

    @Test
    void shouldRunAFamilyThatIsOneFile() {
        // Given
        int[] ids = {3, 1, 4, 1, 5, 9, 2};
        ModelFolder model = ModelFolder.open(folder);

        // When
        float[] logits;
        try (CausalLm lm = CausalLm.load(model, TorchRuntime.open("cpu", 1), ElementType.FLOAT32, LoadProgress.SILENT);
                NDManager scope = lm.newScope()) {
            NDArray hidden = lm.hidden(scope, scope.create(new long[] {3, 1, 4, 1, 5, 9, 2}, new Shape(1, 7)));
            logits = lm.logits(scope, hidden.reshape(7, HIDDEN)).toFloatArray();
        }

        // Then
        for (int t = 0; t < ids.length; t++) {
            double[] expected = naiveLogits(ids, t);
            for (int v = 0; v < VOCAB; v++) {
                assertThat((double) logits[t * VOCAB + v]).isEqualTo(expected[v], within(1e-4));
            }
        }
    }

    /** logits = E (e_t + Σ softmax(e_t · e_s / √hidden) e_s), s up to t. */
    private double[] naiveLogits(int[] ids, int t) {
        double[] weights = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
            weights[s] = Math.exp(dot(ids[t], ids[s]) / Math.sqrt(HIDDEN));
            sum += weights[s];
        }
        double[] logits = new double[VOCAB];
        for (int v = 0; v < VOCAB; v++) {
            logits[v] = dot(v, ids[t]);
            for (int s = 0; s <= t; s++) {
                logits[v] += weights[s] / sum * dot(v, ids[s]);
            }
        }
        return logits;
    }

    private double dot(int a, int b) {
        double sum = 0;
        for (int i = 0; i < HIDDEN; i++) {
            sum += (double) embedding[a * HIDDEN + i] * embedding[b * HIDDEN + i];
        }
        return sum;
    }

    @Test
    void shouldNameFileAndSettingOfAnyFamily() throws IOException {
        // Given
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"mean\",\"hidden_size\":0}");

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("config.json: hidden_size must be in [1,");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"mean\",\"learns\":true}");
        assertThatThrownBy(() -> ModelFolder.open(folder)).hasMessageContaining("learns \"true\" is not supported");
    }

    @Test
    void shouldNameAllFamiliesWhereOneIsUnknown() throws IOException {
        // Given
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"rwkv\"}");

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("\"rwkv\"")
                .hasMessageContainingAll("llama", "mistral", "qwen2", "gpt2", "gpt_neox", "falcon", "opt", "roberta");
    }
}
