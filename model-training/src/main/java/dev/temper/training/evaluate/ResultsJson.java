package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.evaluate.Results.Measured;
import dev.temper.training.evaluate.Results.SuiteResults;
import dev.temper.training.evaluate.Results.SystemResults;
import dev.temper.training.metrics.Interval;

/** Results as JSON; numbers that the rows cannot give are null. */
final class ResultsJson {
    private ResultsJson() {}

    static ObjectNode of(Results results) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.set("about", results.about());
        ObjectNode systems = root.putObject("systems");
        results.systems().forEach(system -> systems.set(system.name(), system.identity()));
        ObjectNode suites = root.putObject("suites");
        for (SuiteResults suite : results.suites()) {
            ObjectNode node = suites.putObject(suite.name());
            node.set("description", suite.description());
            ObjectNode rows = node.putObject("systems");
            suite.rows().forEach(row -> put(rows.putObject(row.system()), row));
        }
        return root;
    }

    private static void put(ObjectNode node, SystemResults row) {
        row.missing().ifPresent(reason -> node.put("missing", reason));
        if (row.missing().isPresent()) {
            return;
        }
        node.put("rows", row.size());
        put(node, "tokens_per_second", row.tokensPerSecond());
        for (Measured number : row.numbers()) {
            ObjectNode child = node.withArray("numbers").addObject();
            child.put("measure", number.measure());
            number.group().ifPresent(group -> child.put("group", group));
            child.put("samples", number.samples());
            put(child, number.value());
            number.change().ifPresent(change -> put(child.putObject("change"), change));
        }
    }

    private static void put(ObjectNode node, Interval interval) {
        put(node, "value", interval.value());
        put(node, "low", interval.low());
        put(node, "high", interval.high());
    }

    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }
}
