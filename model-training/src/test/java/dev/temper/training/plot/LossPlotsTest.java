package dev.temper.training.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossPlotsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path work;

    private void metrics(String folder, int steps) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            lines.add("{\"step\":%d,\"loss\":%s,\"learning_rate\":0.1}".formatted(step, 3.0 / step));
            lines.add("{\"step\":%d,\"held_out_roc_auc\":0.9}".formatted(step));
        }
        Files.write(Files.createDirectories(work.resolve(folder)).resolve("metrics.jsonl"), lines);
    }

    @Test
    void shouldDrawAChartForEachPhaseAndACurveForEachIteration() throws IOException {
        // Given
        metrics("iteration-001/fine-tune", 30);
        metrics("iteration-002/fine-tune", 30);
        metrics("iteration-001/train-auxiliary", 5);

        // When
        List<Path> files = LossPlots.write(work);

        // Then
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "loss-fine-tune.svg",
                        "loss-fine-tune.png",
                        "loss-train-auxiliary.svg",
                        "loss-train-auxiliary.png");
        assertThat(Objects.requireNonNull(LossPlots.charts(work).get("fine-tune"))
                        .getSeriesMap())
                .containsOnlyKeys("iteration-001", "iteration-002");
        assertThat(Files.readString(work.resolve("loss-fine-tune.svg"))).contains("<svg");
        assertThat(ImageIO.read(work.resolve("loss-fine-tune.png").toFile()).getWidth())
                .isEqualTo(860);
    }

    @Test
    void shouldSmoothAndThinOutLongCurves() throws IOException {
        // Given
        metrics(".", 2_500);

        // When
        LossPlots.Curve curve = LossPlots.read(work.resolve("metrics.jsonl"));

        // Then
        assertThat(curve.steps()).hasSizeBetween(800, 1_001).startsWith(1.0).endsWith(2_500.0);
        assertThat(curve.losses().get(0)).isEqualTo(3.0);
        assertThat(curve.losses().get(1)) // step 4
                .isCloseTo(0.95 * (0.95 * (0.95 * 3 + 0.05 * 1.5) + 0.05 * 1) + 0.05 * 0.75, within(1e-9));
        assertThat(LossPlots.write(work)).hasSize(2);
    }

    @Test
    void shouldDrawNothingOfNothingAndRefuseWhatIsNoNumbersFile() throws IOException {
        assertThat(LossPlots.write(work)).isEmpty();
        Files.writeString(work.resolve("metrics.jsonl"), "no JSON\n");
        assertThatThrownBy(() -> LossPlots.write(work))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("metrics.jsonl");
    }
}
