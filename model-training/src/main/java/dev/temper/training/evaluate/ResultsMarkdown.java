package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.training.evaluate.Results.Measured;
import dev.temper.training.evaluate.Results.SuiteResults;
import dev.temper.training.evaluate.Results.SystemResults;
import dev.temper.training.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Results as Markdown: for each suite a table of values, one of changes, one by group, and what it was made of. */
final class ResultsMarkdown {
    private static final String NOTHING = "–";

    private final StringBuilder text = new StringBuilder();

    private ResultsMarkdown() {}

    static String of(Results results) {
        ResultsMarkdown markdown = new ResultsMarkdown();
        markdown.text.append("# Results\n\n95 % intervals by bootstrap over rows; changes are paired with the first"
                + " system on the same rows and seeds. Columns in which every value is 0 are left out.\n");
        results.suites().forEach(markdown::suite);
        markdown.text.append("\n## Systems\n\n");
        results.systems().forEach(system -> markdown.text
                .append("- **")
                .append(system.name())
                .append("**: ")
                .append(flat(system.identity()))
                .append('\n'));
        markdown.text.append("\n## Conditions\n\n");
        markdown.facts(results.about());
        return markdown.text.toString();
    }

    private void suite(SuiteResults suite) {
        text.append("\n## ").append(suite.name()).append("\n");
        List<String> columns = columns(suite, Optional.empty());
        if (!columns.isEmpty()) {
            boolean speed = suite.rows().stream().anyMatch(row -> !Double.isNaN(row.tokensPerSecond()));
            table(
                    suite,
                    columns,
                    Optional.empty(),
                    number -> Optional.of(number.value()),
                    speed ? "tokens/s" : "",
                    row -> Double.isNaN(row.tokensPerSecond())
                            ? NOTHING
                            : String.format(Locale.ROOT, "%.0f", row.tokensPerSecond()));
            if (suite.rows().size() > 1) {
                text.append("\nChange:\n");
                table(suite, columns, Optional.empty(), Measured::change, "", row -> "");
            }
        }
        for (String plot : ResultsPlots.names(suite)) {
            text.append("\n![")
                    .append(plot.replace('-', ' '))
                    .append("](plots/")
                    .append(plot)
                    .append(".svg)\n");
        }
        for (String group : groups(suite)) {
            text.append("\nOf ").append(group).append(":\n");
            table(
                    suite,
                    columns(suite, Optional.of(group)),
                    Optional.of(group),
                    number -> Optional.of(number.value()),
                    "",
                    row -> "");
        }
        text.append('\n');
        suite.rows().forEach(row -> row.missing().ifPresent(reason -> text.append("- ")
                .append(row.system())
                .append(" has no numbers here: ")
                .append(reason)
                .append('\n')));
        facts(suite.description());
    }

    private static List<String> columns(SuiteResults suite, Optional<String> group) {
        Set<String> names = new LinkedHashSet<>();
        for (SystemResults row : suite.rows()) {
            for (Measured number : row.numbers()) {
                boolean says = !(number.value().value() == 0);
                if (number.group().equals(group) && says) {
                    names.add(number.measure());
                }
            }
        }
        // In the order of the suite's measures, which a column that begins with zeros must not change.
        List<String> ordered = new ArrayList<>();
        suite.rows().stream()
                .flatMap(row -> row.numbers().stream())
                .map(Measured::measure)
                .filter(name -> names.contains(name) && !ordered.contains(name))
                .forEachOrdered(ordered::add);
        return ordered;
    }

    private static Set<String> groups(SuiteResults suite) {
        Set<String> groups = new LinkedHashSet<>();
        suite.rows()
                .forEach(row -> row.numbers().forEach(number -> number.group().ifPresent(groups::add)));
        return groups;
    }

    private void table(
            SuiteResults suite,
            List<String> columns,
            Optional<String> group,
            Function<Measured, Optional<Interval>> interval,
            String last,
            Function<SystemResults, String> lastCell) {
        text.append("\n| system | rows | ")
                .append(String.join(
                        " | ",
                        columns.stream().map(name -> name.replace('_', ' ')).toList()));
        text.append(last.isEmpty() ? " |\n" : " | " + last + " |\n");
        text.append("|---".repeat(columns.size() + (last.isEmpty() ? 2 : 3))).append("|\n");
        for (SystemResults row : suite.rows()) {
            List<String> cells = columns.stream()
                    .map(column -> row.numbers().stream()
                            .filter(number -> number.measure().equals(column)
                                    && number.group().equals(group))
                            .findFirst()
                            .flatMap(number -> interval.apply(number).map(value -> cell(value, number.decimals())))
                            .orElse(NOTHING))
                    .toList();
            if (cells.stream().anyMatch(cell -> !cell.equals(NOTHING))) {
                text.append("| ").append(row.system()).append(" | ").append(samples(row, columns, group));
                text.append(" | ").append(String.join(" | ", cells));
                text.append(last.isEmpty() ? " |\n" : " | " + lastCell.apply(row) + " |\n");
            }
        }
    }

    /** Rows that the numbers of a line were taken over: most of them, where they differ. */
    private static int samples(SystemResults row, List<String> columns, Optional<String> group) {
        return row.numbers().stream()
                .filter(number ->
                        columns.contains(number.measure()) && number.group().equals(group))
                .mapToInt(Measured::samples)
                .max()
                .orElse(0);
    }

    private static String cell(Interval value, int decimals) {
        return Double.isNaN(value.value()) ? NOTHING : value.format(decimals);
    }

    private void facts(JsonNode node) {
        node.properties().forEach(fact -> text.append("- ")
                .append(fact.getKey().replace('_', ' '))
                .append(": ")
                .append(flat(fact.getValue()))
                .append('\n'));
    }

    /** A value in one line: texts as they are, names before their values. */
    private static String flat(JsonNode node) {
        List<String> parts = new ArrayList<>();
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> parts.add(field.getKey().replace('_', ' ') + " " + flat(field.getValue())));
        } else if (node.isArray()) {
            node.forEach(element -> parts.add(flat(element)));
        } else {
            return node.asText();
        }
        return String.join(", ", parts);
    }
}
