package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointWriterTest {
    private static final ObjectNode MANIFEST =
            JsonSettings.JSON.createObjectNode().put("kind", "test");

    private final Path temp;
    private final NDManager manager = TorchRuntime.open("cpu", 1).newManager();

    CheckpointWriterTest(@TempDir Path temp) {
        this.temp = temp;
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({"models/llama2, FLOAT32", "models/llama32, FLOAT32", "models/llama31, BFLOAT16"})
    void shouldSaveExactlyWhatWasLoaded(String golden, ElementType type) {
        // Given
        ModelFolder base = ModelFolder.open(Goldens.folder(golden));
        List<NDArray> weights = load(base, base.weightPlan());

        // When
        CheckpointWriter.writeCausalLm(temp.resolve("saved"), base, weights, type, MANIFEST);

        // Then
        ModelFolder saved = ModelFolder.open(temp.resolve("saved"));
        assertThat(saved.config()).isEqualTo(base.config());
        assertThat(saved.generation()).isEqualTo(base.generation());
        assertThat(saved.manifest().orElseThrow().kind()).isEqualTo("test");
        saved.weightPlan().check(saved.weights());
        List<NDArray> again = load(saved, saved.weightPlan());
        for (int i = 0; i < weights.size(); i++) {
            assertThat(again.get(i).toFloatArray()).isEqualTo(weights.get(i).toFloatArray());
        }
    }

    @Test
    void shouldSaveAClassifierMadeOfABaseAndANewHead() {
        // Given
        ModelFolder base = ModelFolder.open(Goldens.folder("models/llama31"));
        LlamaConfig config = (LlamaConfig) base.config();
        List<NDArray> weights = new ArrayList<>(load(base, LlamaWeights.backbonePlan(config)));
        weights.add(manager.ones(new Shape(2, config.hidden())));
        ClassificationHead head =
                new ClassificationHead(List.of("neutral", "toxic"), ClassificationHead.Problem.SINGLE_LABEL);

        // When
        CheckpointWriter.writeClassifier(temp.resolve("saved"), base, head, weights, ElementType.BFLOAT16, MANIFEST);

        // Then
        ModelFolder saved = ModelFolder.open(temp.resolve("saved"));
        assertThat(saved.kind()).isEqualTo(ModelKind.SEQUENCE_CLASSIFICATION);
        assertThat(saved.classification()).contains(head);
        assertThat(saved.config().padId()).hasValue(1001);
        saved.weightPlan().check(saved.weights());
    }

    @Test
    void shouldReplaceAModelAndGiveTheSameBytes() {
        // Given
        ModelFolder base = ModelFolder.open(Goldens.folder("models/llama32"));
        List<NDArray> weights = load(base, base.weightPlan());
        Path target = temp.resolve("saved");
        CheckpointWriter.writeCausalLm(target, base, weights, ElementType.BFLOAT16, MANIFEST);
        String before = ModelFolder.open(target).weightsHash();

        // When
        CheckpointWriter.writeCausalLm(target, base, weights, ElementType.BFLOAT16, MANIFEST);

        // Then
        assertThat(ModelFolder.open(target).weightsHash()).isEqualTo(before);
        assertThat(temp.toFile().list()).containsExactly("saved");
    }

    @Test
    void shouldRefuseToReplaceWhatIsNoModel() throws IOException {
        // Given
        ModelFolder base = ModelFolder.open(Goldens.folder("models/llama32"));
        List<NDArray> weights = load(base, base.weightPlan());
        Files.createDirectories(temp.resolve("letters"));
        Files.writeString(temp.resolve("letters/a.txt"), "dear");

        // When / Then
        assertThatThrownBy(() -> CheckpointWriter.writeCausalLm(
                        temp.resolve("letters"), base, weights, ElementType.FLOAT32, MANIFEST))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("holds no model");
        assertThat(temp.resolve("letters/a.txt")).exists();
    }

    private List<NDArray> load(ModelFolder folder, WeightPlan plan) {
        return WeightLoader.load(folder.weights(), plan, ElementType.FLOAT32, manager, LoadProgress.SILENT)
                .arrays();
    }
}
