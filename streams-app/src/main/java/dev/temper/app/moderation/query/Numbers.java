package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.store.Counts;
import java.util.Map;
import java.util.TreeMap;

/** Counts by step and tenant, which can be added up over partitions and instances. One thread. */
final class Numbers {
    private final Map<Long, Map<String, Counts>> steps = new TreeMap<>();

    void add(long step, String tenant, Counts counts) {
        steps.computeIfAbsent(step, at -> new TreeMap<>())
                .computeIfAbsent(tenant, name -> new Counts())
                .addAll(counts);
    }

    void addAll(Numbers other) {
        other.steps.forEach((step, tenants) -> tenants.forEach((tenant, counts) -> add(step, tenant, counts)));
    }

    /** By step, in order, and tenant. */
    Map<Long, Map<String, Counts>> steps() {
        return steps;
    }

    ObjectNode toJson() {
        ObjectNode json = Answers.object();
        ArrayNode cells = json.putArray("cells");
        steps.forEach((step, tenants) -> tenants.forEach((tenant, counts) ->
                cells.addObject().put("at", step).put("tenant", tenant).set("counts", Answers.tree(counts))));
        return json;
    }

    static Numbers of(JsonNode json) {
        Numbers numbers = new Numbers();
        for (JsonNode cell : json.path("cells")) {
            numbers.add(
                    cell.path("at").asLong(),
                    cell.path("tenant").asText(),
                    Answers.read(cell.path("counts"), Counts.class));
        }
        return numbers;
    }
}
