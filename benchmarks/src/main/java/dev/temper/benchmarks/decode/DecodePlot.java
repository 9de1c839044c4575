package dev.temper.benchmarks.decode;

import dev.temper.benchmarks.decode.DecodeResult.Measured;
import dev.temper.training.plot.ChartFile;
import java.awt.Color;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** Speed of every method over plain decoding's of the same batch, a group of bars a method, a bar a batch: medians. */
final class DecodePlot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 420;

    private DecodePlot() {}

    /**
     * Draws the first number type's cases.
     *
     * @param file ends in {@code .svg} or {@code .png}
     */
    static void write(Path file, DecodeResult result) {
        String weights = result.cases().get(0).decoding().weights();
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(result.settings().model() + ", " + weights + ", "
                        + result.machine().device() + ", " + result.machine().threads() + " threads")
                .yAxisTitle("tokens/s, plain decoding = 1")
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setAvailableSpaceFill(0.8);
        for (int batch : result.settings().batches()) {
            addBars(chart, result, weights, batch);
        }
        ChartFile.save(chart, file);
    }

    private static void addBars(CategoryChart chart, DecodeResult result, String weights, int batch) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (Measured measured : result.cases()) {
            if (measured.decoding().weights().equals(weights)
                    && measured.decoding().batch() == batch) {
                medians.put(
                        measured.decoding().method(), measured.tokensPerSecond().median());
            }
        }
        if (result.reference() != null) {
            String name = result.reference().versions().path("name").asText("reference");
            result.reference().batches().stream()
                    .filter(speed -> speed.batch() == batch)
                    .forEach(speed -> medians.put(name, speed.tokensPerSecond().median()));
        }
        double plain = medians.getOrDefault(new DecodeCase(weights, batch, 0).method(), Double.NaN);
        List<Double> heights =
                medians.values().stream().map(median -> median / plain).toList();
        chart.addSeries("batch " + batch, List.copyOf(medians.keySet()), heights);
    }
}
