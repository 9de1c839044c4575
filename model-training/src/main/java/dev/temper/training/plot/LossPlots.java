package dev.temper.training.plot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Loss curves of a training's work folder, drawn from its {@code metrics.jsonl} files. */
public final class LossPlots {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METRICS = "metrics.jsonl";
    private static final double SMOOTHING = 0.95;
    private static final int MOST_POINTS = 1_000; // more than a screen shows
    private static final int WIDTH = 860;
    private static final int HEIGHT = 420;

    private LossPlots() {}

    /**
     * The course of a loss.
     *
     * @param steps from 1
     * @param losses of these steps
     */
    record Curve(List<Double> steps, List<Double> losses) {}

    /**
     * Draws {@code loss-PHASE.svg} and {@code .png} into the work folder: one chart for each phase that has metrics, with
     * a curve for each iteration. Losses are smoothed, an exponential moving average of {@value #SMOOTHING}.
     *
     * @param work where {@code metrics.jsonl} files lie, themselves or in folders below
     * @return the files, none if nothing was trained
     * @throws TemperException if a file cannot be read or written
     */
    public static List<Path> write(Path work) {
        List<Path> written = new ArrayList<>();
        charts(work).forEach((phase, chart) -> {
            for (String ending : List.of(".svg", ".png")) {
                Path picture = work.resolve("loss-" + phase + ending);
                ChartFile.save(chart, picture);
                written.add(picture);
            }
        });
        return written;
    }

    /** A chart for each phase that has numbers. */
    static Map<String, XYChart> charts(Path work) {
        Map<String, XYChart> charts = new TreeMap<>();
        phases(work).forEach((phase, files) -> {
            XYChart chart = new XYChartBuilder()
                    .width(WIDTH)
                    .height(HEIGHT)
                    .title(phase)
                    .xAxisTitle("step")
                    .yAxisTitle("loss, smoothed")
                    .build();
            chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE).setChartBackgroundColor(Color.WHITE);
            for (Path file : files) {
                Curve curve = read(file);
                if (!curve.steps().isEmpty()) {
                    chart.addSeries(nameOf(work, file), curve.steps(), curve.losses())
                            .setMarker(SeriesMarkers.NONE);
                    charts.put(phase, chart);
                }
            }
        });
        return charts;
    }

    /** Files by the name of the folder that they lie in, in the order of their paths. */
    private static Map<String, List<Path>> phases(Path work) {
        Map<String, List<Path>> phases = new TreeMap<>();
        try (Stream<Path> all = Files.walk(work)) {
            all.filter(file -> file.endsWith(METRICS)).sorted().forEach(file -> {
                Path below = work.relativize(file);
                int names = below.getNameCount();
                String phase = names > 1 ? below.getName(names - 2).toString() : "training";
                phases.computeIfAbsent(phase, name -> new ArrayList<>()).add(file);
            });
        } catch (IOException | UncheckedIOException e) {
            throw new TemperException("cannot read " + work + " (" + e.getMessage() + ")", e);
        }
        return phases;
    }

    /** {@code iteration-001} of {@code iteration-001/fine-tune/metrics.jsonl}. */
    private static String nameOf(Path work, Path file) {
        Path below = work.relativize(file);
        return below.getNameCount() > 2 ? below.getName(0).toString() : "loss";
    }

    static Curve read(Path file) {
        List<Double> steps = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        double smooth = Double.NaN;
        try (Stream<String> lines = Files.lines(file)) {
            for (String line : (Iterable<String>) lines::iterator) {
                JsonNode numbers = JSON.readTree(line);
                double loss = numbers.path("loss").asDouble(Double.NaN);
                if (Double.isFinite(loss)) {
                    smooth = Double.isNaN(smooth) ? loss : SMOOTHING * smooth + (1 - SMOOTHING) * loss;
                    steps.add(numbers.path("step").asDouble());
                    losses.add(smooth);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new TemperException("cannot read " + file + " (" + e.getMessage() + ")", e);
        }
        int stride = (steps.size() + MOST_POINTS - 1) / MOST_POINTS;
        return new Curve(everyOne(steps, stride), everyOne(losses, stride));
    }

    private static List<Double> everyOne(List<Double> values, int stride) {
        List<Double> some = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            if (i % stride == 0 || i == values.size() - 1) {
                some.add(values.get(i));
            }
        }
        return some;
    }
}
