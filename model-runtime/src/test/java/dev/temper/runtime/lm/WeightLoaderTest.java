package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightLoaderTest {

    private final Path temp;
    private final NDManager manager = TorchRuntime.open("cpu", 1).newManager();

    WeightLoaderTest(@TempDir Path temp) {
        this.temp = temp;
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models/llama2",
                "models/llama31",
                "models/llama32",
                "classifiers/llama_cls",
                "classifiers/bert_multilabel",
                "classifiers/roberta",
                "classifiers/distilbert"
            })
    void shouldPutEveryStoredTensorInItsPlace(String golden) {
        // Given
        ModelFolder model = ModelFolder.open(Goldens.folder(golden));
        WeightPlan plan = model.weightPlan();

        // When
        LoadedWeights weights =
                WeightLoader.load(model.weights(), plan, ElementType.FLOAT32, manager, LoadProgress.SILENT);

        // Then
        assertThat(weights.arrays()).hasSize(plan.slots().size());
        for (int i = 0; i < plan.slots().size(); i++) {
            if (plan.slots().get(i) instanceof WeightPlan.Stored stored) {
                assertThat(weights.arrays().get(i).getDataType()).isEqualTo(DataType.FLOAT32);
                assertThat(weights.arrays().get(i).toFloatArray()).isEqualTo(expected(model, stored));
            }
        }
    }

    @Test
    void shouldShareTheEmbeddingWithTheHeadOfATiedModel() {
        // Given
        ModelFolder model = ModelFolder.open(Goldens.folder("models/llama32"));

        // When
        List<NDArray> weights = WeightLoader.load(
                        model.weights(), model.weightPlan(), ElementType.FLOAT32, manager, LoadProgress.SILENT)
                .arrays();

        // Then
        assertThat(weights.get(weights.size() - 1)).isSameAs(weights.get(weights.size() - 3));
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"BFLOAT16", "FLOAT16"})
    void shouldConvertToAHalfType(ElementType type) {
        // Given
        ModelFolder model = ModelFolder.open(Goldens.folder("models/llama32"));

        // When
        LoadedWeights weights =
                WeightLoader.load(model.weights(), model.weightPlan(), type, manager, LoadProgress.SILENT);

        // Then
        Script script = Script.compile(manager, List.of(), "lm/weights.py");
        NDArray norm = weights.arrays().get(0);
        float[] loaded = script.call(
                        manager, "rows_as_float32", norm, 0, norm.getShape().get(0))
                .toFloatArray();
        float[] stored =
                expected(model, (WeightPlan.Stored) model.weightPlan().slots().get(0));
        for (int i = 0; i < stored.length; i++) {
            assertThat(loaded[i]).isCloseTo(stored[i], org.assertj.core.data.Percentage.withPercentage(0.4));
        }
        if (type == ElementType.BFLOAT16) {
            assertThat(loaded[1]).isEqualTo(HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(stored[1])));
        }
    }

    @Test
    void shouldReportProgressUpToTheEnd() {
        // Given
        ModelFolder model = ModelFolder.open(Goldens.folder("models/llama31"));
        List<Long> done = new ArrayList<>();
        long[] total = new long[1];

        // When
        LoadedWeights weights =
                WeightLoader.load(model.weights(), model.weightPlan(), ElementType.FLOAT32, manager, (d, t) -> {
                    done.add(d);
                    total[0] = t;
                });

        // Then
        assertThat(done).isSorted().last().isEqualTo(total[0]);
        assertThat(weights.bytes()).isEqualTo(259_520L * 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldLoadTensorsThatTheHeaderLeavesUnaligned(int shift) throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama2", temp.resolve("model"));
        Path file = folder.resolve("model.safetensors");
        Files.write(file, padHeader(Files.readAllBytes(file), shift));
        ModelFolder model = ModelFolder.open(folder);

        // When
        LoadedWeights weights = WeightLoader.load(
                model.weights(), model.weightPlan(), ElementType.FLOAT32, manager, LoadProgress.SILENT);

        // Then
        WeightPlan.Stored qkv = (WeightPlan.Stored) model.weightPlan().slots().get(1);
        assertThat(weights.arrays().get(1).toFloatArray())
                .isEqualTo(expected(ModelFolder.open(Goldens.folder("models/llama2")), qkv));
    }

    @Test
    void shouldNameMissingMisshapenAndForeignTensors() throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama32", temp.resolve("model"));
        List<SafetensorsWriter.Declared> tensors = List.of(
                new SafetensorsWriter.Declared("model.norm.weight", ElementType.FLOAT32, List.of(65L)),
                new SafetensorsWriter.Declared(
                        "model.layers.0.self_attn.q_proj.bias", ElementType.FLOAT32, List.of(1L)));
        try (SafetensorsWriter writer = new SafetensorsWriter(folder.resolve("model.safetensors"), tensors, Map.of())) {
            writer.write("model.norm.weight", new float[65], ElementType.FLOAT32);
            writer.write("model.layers.0.self_attn.q_proj.bias", new float[1], ElementType.FLOAT32);
        }
        ModelFolder model = ModelFolder.open(folder);
        WeightPlan plan = new WeightPlan(
                List.of(
                        new WeightPlan.Stored(List.of(WeightPlan.Part.of("model.norm.weight", 64))),
                        new WeightPlan.Stored(List.of(WeightPlan.Part.of("model.embed_tokens.weight", 1016, 64)))),
                List.of());

        // When / Then
        assertThatThrownBy(() ->
                        WeightLoader.load(model.weights(), plan, ElementType.FLOAT32, manager, LoadProgress.SILENT))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("model.norm.weight has shape [65], but config.json says [64]")
                .hasMessageContaining("model.embed_tokens.weight is missing")
                .hasMessageContaining("'model.layers.0.self_attn.q_proj.bias' is not part of such a model");
    }

    @Test
    void shouldRefuseAnIndexThatNamesTheWrongShard() throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama31", temp.resolve("model"));
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(
                index,
                Files.readString(index)
                        .replace(
                                "\"lm_head.weight\": \"model-00003-of-00003.safetensors\"",
                                "\"lm_head.weight\": \"model-00002-of-00003.safetensors\""));
        ModelFolder model = ModelFolder.open(folder);

        // When / Then
        assertThatThrownBy(() -> model.weightPlan().check(model.weights()))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(
                        "'lm_head.weight' is in model-00002-of-00003.safetensors, which does not hold it");
    }

    private static float[] expected(ModelFolder model, WeightPlan.Stored stored) {
        List<float[]> parts = stored.parts().stream()
                .map(part -> model.weights().find(part.name()).orElseThrow())
                .map(found -> HalfPrecision.toFloats(
                        found.file().read(found.tensor()), found.tensor().type()))
                .toList();
        float[] whole = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    private static byte[] padHeader(byte[] file, int spaces) {
        ByteBuffer source = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) source.getLong();
        ByteBuffer padded = ByteBuffer.allocate(file.length + spaces).order(ByteOrder.LITTLE_ENDIAN);
        padded.putLong(length + spaces).put(file, 8, length);
        for (int i = 0; i < spaces; i++) {
            padded.put((byte) ' ');
        }
        return padded.put(file, 8 + length, file.length - 8 - length).array();
    }
}
