package dev.temper.training.evaluate;

import dev.temper.training.evaluate.Results.Measured;
import dev.temper.training.evaluate.Results.SuiteResults;
import dev.temper.training.evaluate.Results.SystemResults;
import dev.temper.training.metrics.Interval;
import dev.temper.training.plot.ChartFile;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Plots of suites that measure toxicity: against perplexity, a point a system; and over β. Where a plan gave a list of betas,
 * they are one line. Bars are the 95 % intervals of toxicity.
 */
final class ResultsPlots {
    private static final String TOXICITY = "toxicity";
    private static final String PERPLEXITY = "perplexity";
    private static final int WIDTH = 860;
    private static final int HEIGHT = 460;
    private static final Pattern SWEPT = Pattern.compile("(.*) β=([0-9.eE+-]+)");

    private ResultsPlots() {}

    /** Two numbers of a system: where it stands, and the interval of the second. */
    private record Point(double x, Interval y) {}

    /** Names of the plots that a suite has, without their ending. */
    static List<String> names(SuiteResults suite) {
        List<String> names = new ArrayList<>();
        if (!tradeOff(suite).isEmpty()) {
            names.add(FileNames.of(suite.name()) + "-toxicity-perplexity");
        }
        if (!curves(suite).isEmpty()) {
            names.add(FileNames.of(suite.name()) + "-beta");
        }
        return names;
    }

    /** @throws IOException if the folder cannot be written to */
    static void write(Results results, Path folder) throws IOException {
        for (SuiteResults suite : results.suites()) {
            for (String name : names(suite)) {
                Files.createDirectories(folder);
                XYChart chart = name.endsWith("-beta")
                        ? chart(suite.name(), "β", curves(suite))
                        : chart(suite.name(), PERPLEXITY, tradeOff(suite));
                ChartFile.save(chart, folder.resolve(name + ".svg"));
            }
        }
    }

    private static Map<String, List<Point>> tradeOff(SuiteResults suite) {
        Set<String> swept = curves(suite).keySet();
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (SystemResults row : suite.rows()) {
            Matcher beta = SWEPT.matcher(row.system());
            String series = beta.matches() && swept.contains(beta.group(1)) ? beta.group(1) : row.system();
            Optional<Measured> perplexity = Results.number(row, PERPLEXITY);
            toxicity(row).ifPresent(toxicity -> perplexity
                    .map(number -> number.value().value())
                    .filter(Double::isFinite)
                    .ifPresent(x -> points.computeIfAbsent(series, name -> new ArrayList<>())
                            .add(new Point(x, toxicity))));
        }
        return points;
    }

    private static Map<String, List<Point>> curves(SuiteResults suite) {
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        for (SystemResults row : suite.rows()) {
            Matcher swept = SWEPT.matcher(row.system());
            if (swept.matches()) {
                double beta = Double.parseDouble(swept.group(2));
                toxicity(row).ifPresent(toxicity -> curves.computeIfAbsent(swept.group(1), name -> new ArrayList<>())
                        .add(new Point(beta, toxicity)));
            }
        }
        curves.values().removeIf(points -> points.size() < 2);
        return curves;
    }

    private static Optional<Interval> toxicity(SystemResults row) {
        return Results.number(row, TOXICITY).map(Measured::value).filter(value -> Double.isFinite(value.value()));
    }

    private static XYChart chart(String suite, String xTitle, Map<String, List<Point>> series) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(suite)
                .xAxisTitle(xTitle)
                .yAxisTitle(TOXICITY)
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        series.forEach((name, points) -> chart.addSeries(
                        name,
                        points.stream().mapToDouble(Point::x).toArray(),
                        points.stream().mapToDouble(p -> p.y().value()).toArray(),
                        points.stream()
                                .mapToDouble(p -> (p.y().high() - p.y().low()) / 2)
                                .toArray())
                .setMarker(SeriesMarkers.CIRCLE));
        return chart;
    }
}
