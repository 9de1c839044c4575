package dev.temper.training.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ClassificationHead;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.runtime.lm.WeightPlan;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.ToyTexts;
import dev.temper.training.optim.AdamW;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("NullAway.Init") // set by JUnit
class ClassifierTrainingTest {
    private static final int ROWS = 400;

    @TempDir
    Path folder;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private ClassifierData data;

    @BeforeEach
    void writeData() throws IOException {
        data = new ClassifierData(List.of(ToyTexts.write(folder.resolve("toy.jsonl"), ROWS, 1)), List.of(), 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void shouldLearnWhatWordsTellApart(ElementType computeType) {
        // Given
        Path target = folder.resolve("scorer");

        // When
        ClassifierReport report =
                train(settings(computeType, 3), Progress.Factory.SILENT, target, folder.resolve("work"));

        // Then
        assertThat(report.files()).hasSize(1);
        assertThat(report.files().get(0).heldOut()).isBetween(15, 80);
        assertThat(report.files().get(0).rocAuc().value()).isGreaterThan(0.99);
        ModelFolder trained = ModelFolder.open(target).require(ModelKind.SEQUENCE_CLASSIFICATION);
        assertThat(trained.classification().orElseThrow())
                .isEqualTo(
                        new ClassificationHead(List.of("non_toxic", "toxic"), ClassificationHead.Problem.SINGLE_LABEL));
        assertThat(trained.manifest().orElseThrow().provenance()).containsKeys("base_sha256", "data", "settings");
        trained.weightPlan().check(trained.weights());
        assertThat(folder.resolve("work/checkpoint.safetensors")).doesNotExist();
    }

    @Test
    void shouldGoOnAfterAKillToTheSameWeightsAndTheSameCurve() throws IOException {
        // Given
        ClassifierSettings settings = settings(ElementType.FLOAT32, 2);
        Path uninterrupted = folder.resolve("uninterrupted");
        Path work = folder.resolve("uninterrupted.work");
        train(settings, Progress.Factory.SILENT, uninterrupted, work);

        // When: killed between two checkpoints, twice
        Path resumed = folder.resolve("resumed");
        Path resumedWork = folder.resolve("resumed.work");
        for (long step : new long[] {13, 58}) {
            assertThatThrownBy(() -> train(settings, killedAt(step), resumed, resumedWork))
                    .isInstanceOf(Killed.class);
        }
        train(settings, Progress.Factory.SILENT, resumed, resumedWork);

        // Then
        assertThat(resumedWork.resolve("metrics.jsonl")).hasSameTextualContentAs(work.resolve("metrics.jsonl"));
        assertThat(resumed.resolve("model.safetensors"))
                .hasSameBinaryContentAs(uninterrupted.resolve("model.safetensors"));
        assertThat(resumed.resolve("temper.json")).hasSameTextualContentAs(uninterrupted.resolve("temper.json"));
    }

    @Test
    void shouldRefuseACheckpointOfAnotherTraining() {
        // Given
        Path work = folder.resolve("work");
        assertThatThrownBy(() -> train(settings(ElementType.FLOAT32, 1), killedAt(13), folder.resolve("a"), work))
                .isInstanceOf(Killed.class);

        // When, Then
        assertThatThrownBy(() ->
                        train(settings(ElementType.FLOAT32, 2), Progress.Factory.SILENT, folder.resolve("a"), work))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("belongs to a training with another base, other data or other settings");
    }

    @Test
    void shouldStopEarlyAndKeepTheBestWeights() throws IOException {
        // Given: words are learnt within the first looks, after which nothing gets better
        ClassifierSettings settings = new ClassifierSettings(
                32, 16, 50, 3e-3, 0.1, AdamW.Settings.DEFAULT, ElementType.FLOAT32, 20, 100, 2, 1_000, 7);

        // When
        ClassifierReport report =
                train(settings, Progress.Factory.SILENT, folder.resolve("scorer"), folder.resolve("work"));

        // Then
        assertThat(report.steps()).isEqualTo(report.bestStep() + 2 * 20).isLessThan(50 * 20);
        assertThat(Files.readAllLines(folder.resolve("work/metrics.jsonl")))
                .filteredOn(line -> line.contains("held_out_roc_auc"))
                .hasSize((int) report.steps() / 20);
    }

    @Test
    void shouldAlsoLeaveALanguageModelOfItsLayersUnderTheBasesOutputLayer() {
        // Given
        Path scorer = folder.resolve("scorer");
        Path generator = folder.resolve("generator");

        // When
        new ClassifierTraining(runtime, Progress.Factory.SILENT)
                .run(
                        TinyModel.open(),
                        data,
                        settings(ElementType.FLOAT32, 1),
                        scorer,
                        Optional.of(generator),
                        folder.resolve("work"));

        // Then
        ModelFolder saved = ModelFolder.open(generator).require(ModelKind.CAUSAL_LM);
        try (NDManager manager = runtime.newManager()) {
            List<NDArray> written = weights(manager, saved, saved.weightPlan());
            List<NDArray> classifier =
                    weights(manager, ModelFolder.open(scorer), LlamaWeights.classifierPlan(saved.llama(), 2));
            List<NDArray> base =
                    weights(manager, TinyModel.open(), TinyModel.open().weightPlan());
            for (int i = 0; i < classifier.size() - 1; i++) {
                assertThat(written.get(i).toFloatArray())
                        .isEqualTo(classifier.get(i).toFloatArray())
                        .isNotEqualTo(base.get(i).toFloatArray());
            }
            int head = classifier.size() - 1;
            assertThat(written.get(head).toFloatArray())
                    .containsExactly(base.get(head).toFloatArray(), offset(0.01f)); // bfloat16
        }
    }

    private static List<NDArray> weights(NDManager manager, ModelFolder folder, WeightPlan plan) {
        return WeightLoader.load(folder.weights(), plan, ElementType.FLOAT32, manager, LoadProgress.SILENT)
                .arrays();
    }

    @Test
    void shouldRefuseDataOfOneClass() throws IOException {
        // Given
        Path good = Files.writeString(
                folder.resolve("good.jsonl"), "{\"id\":\"a\",\"text\":\"the quick brown fox 0\",\"label\":0}\n");
        ClassifierData oneClass = new ClassifierData(List.of(good), List.of(), 1);

        // When, Then
        assertThatThrownBy(() -> new ClassifierTraining(runtime, Progress.Factory.SILENT)
                        .run(
                                TinyModel.open(),
                                oneClass,
                                settings(ElementType.FLOAT32, 1),
                                folder.resolve("scorer"),
                                Optional.empty(),
                                folder.resolve("work")))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("both classes are needed");
    }

    private ClassifierReport train(ClassifierSettings settings, Progress.Factory progress, Path target, Path work) {
        return new ClassifierTraining(runtime, progress)
                .run(TinyModel.open(), data, settings, target, Optional.empty(), work);
    }

    private static ClassifierSettings settings(ElementType computeType, int epochs) {
        return new ClassifierSettings(
                32, 8, epochs, 3e-3, 0.1, AdamW.Settings.DEFAULT, computeType, 20, 100, 100, 10, 7);
    }

    /** A kill, as seen from inside. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Progress.Factory killedAt(long step) {
        return (task, unit, total) -> new Progress() {
            @Override
            public void reached(long done) {
                if (done == step) {
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
