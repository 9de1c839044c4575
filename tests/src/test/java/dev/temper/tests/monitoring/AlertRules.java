package dev.temper.tests.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The alerts that are shipped. */
final class AlertRules {
    static final Path PROMETHEUS = Path.of("../deploy/prometheus");

    private AlertRules() {}

    static List<JsonNode> all() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        yaml("alerts.yml").path("groups").forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }

    static JsonNode yaml(String file) throws IOException {
        return new YAMLMapper().readTree(Files.readString(PROMETHEUS.resolve(file)));
    }

    static List<Query> queries() throws IOException {
        return all().stream()
                .map(rule -> new Query(
                        "alerts.yml, " + rule.path("alert").asText(),
                        rule.path("expr").asText(),
                        false))
                .toList();
    }
}
