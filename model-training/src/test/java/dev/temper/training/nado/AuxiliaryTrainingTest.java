package dev.temper.training.nado;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.progress.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuxiliaryTrainingTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final ModelFolder BASE = TinyModel.open();
    private static final AuxiliarySettings SETTINGS =
            new AuxiliarySettings(2, 16, 2, 3e-3, 0.02, 0.5, ElementType.FLOAT32, 5);

    /** Answers with one certain token violate the policy. */
    private static List<LabelledSequence> samples(int count) {
        Random random = new Random(3);
        List<LabelledSequence> samples = new ArrayList<>();
        for (int s = 0; s < count; s++) {
            int[] ids = random.ints(12, 20, 60).toArray();
            boolean bad = s % 2 == 0;
            int at = 5 + random.nextInt(7);
            ids[at] = bad ? 77 : 78;
            samples.add(new LabelledSequence(new TokenSequence(ids, 3), bad ? 0 : 1));
        }
        return samples;
    }

    @Test
    void shouldLearnWhatTheOracleSaysAndSurviveSaving(@TempDir Path folder) {
        // Given
        List<LabelledSequence> samples = samples(400);
        try (TrainableDecoder lm = frozenBase();
                TrainableDecoder auxiliary = AuxiliaryModel.create(RUNTIME.newManager(), BASE, SETTINGS.layers());
                AuxiliaryTraining training = new AuxiliaryTraining(auxiliary, lm, SETTINGS)) {

            // When
            AuxiliaryReport report = training.run(samples, 1, folder, "", Progress.Factory.SILENT);
            AuxiliaryModel.save(
                    folder.resolve("saved"),
                    BASE,
                    auxiliary,
                    new com.fasterxml.jackson.databind.ObjectMapper().createObjectNode());

            // Then
            assertThat(report.rocAuc()).isGreaterThan(0.95);
            assertThat(report.heldOut()).isEqualTo(40);
            try (TrainableDecoder loaded =
                    AuxiliaryModel.load(RUNTIME.newManager(), ModelFolder.open(folder.resolve("saved")))) {
                assertThat(loaded.weights().get(3).toFloatArray())
                        .isEqualTo(auxiliary.weights().get(3).toFloatArray());
            }
        }
    }

    @Test
    void shouldGoOnAfterAKillWithTheSameNumbers(@TempDir Path straight, @TempDir Path killed) throws Exception {
        // Given
        List<LabelledSequence> samples = samples(120);

        // When
        float[] undisturbed = head(samples, straight, Integer.MAX_VALUE);
        head(samples, killed, 8); // checkpoints after 5
        float[] resumed = head(samples, killed, Integer.MAX_VALUE);

        // Then
        assertThat(resumed).isEqualTo(undisturbed);
        assertThat(Files.readAllLines(killed.resolve("metrics.jsonl")))
                .isEqualTo(Files.readAllLines(straight.resolve("metrics.jsonl")));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Trains, and dies after so many steps. */
    private static float[] head(List<LabelledSequence> samples, Path folder, int dieAfter) {
        try (TrainableDecoder lm = frozenBase();
                TrainableDecoder auxiliary = AuxiliaryModel.create(RUNTIME.newManager(), BASE, SETTINGS.layers());
                AuxiliaryTraining training = new AuxiliaryTraining(auxiliary, lm, SETTINGS)) {
            training.run(samples, 1, folder, "", (task, unit, total) -> new Progress() {
                @Override
                public void reached(long done) {
                    if (done >= dieAfter) {
                        throw new Killed();
                    }
                }

                @Override
                public void say(String message) {}

                @Override
                public void close() {}
            });
            return auxiliary.weights().get(auxiliary.weights().size() - 1).toFloatArray();
        } catch (Killed e) {
            return new float[0];
        }
    }

    private static TrainableDecoder frozenBase() {
        NDManager manager = RUNTIME.newManager();
        return TrainableDecoder.load(manager, BASE, BASE.weightPlan());
    }
}
