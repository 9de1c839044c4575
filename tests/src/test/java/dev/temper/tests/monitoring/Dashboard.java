package dev.temper.tests.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Grafana dashboard as it is provisioned. */
record Dashboard(String file, JsonNode json) {
    static final Path GRAFANA = Path.of("../deploy/grafana");

    static List<Dashboard> all() throws IOException {
        try (Stream<Path> files = Files.list(GRAFANA.resolve("dashboards"))) {
            List<Dashboard> all = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                all.add(new Dashboard(
                        file.getFileName().toString(), new ObjectMapper().readTree(Files.readString(file))));
            }
            return all;
        }
    }

    /** All but the rows. */
    List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        json.path("panels").forEach(panel -> {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    List<JsonNode> variables() {
        List<JsonNode> variables = new ArrayList<>();
        json.path("templating").path("list").forEach(variables::add);
        return variables;
    }

    List<Query> queries() {
        List<Query> queries = new ArrayList<>();
        for (JsonNode panel : panels()) {
            for (JsonNode target : panel.path("targets")) {
                String where = file + ", " + panel.path("title").asText() + " "
                        + target.path("refId").asText();
                queries.add(new Query(where, target.path("expr").asText(), true));
            }
        }
        return queries;
    }
}
