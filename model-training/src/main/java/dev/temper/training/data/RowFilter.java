package dev.temper.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which rows of a data file count. A condition is a field (dots lead into objects: {@code labels.category}) and the value
 * that it must have, a list of values of which it must have one, or {@code {from, to}}, a range of numbers that includes
 * its ends and may leave one out. All conditions must hold; a row without the field does not count.
 *
 * @param conditions by field
 */
public record RowFilter(Map<String, JsonNode> conditions) {
    /** All rows. */
    public static final RowFilter ALL = new RowFilter(Map.of());

    private static final String FROM = "from";
    private static final String TO = "to";

    public RowFilter {
        conditions = new LinkedHashMap<>(conditions);
        conditions.forEach(RowFilter::requireCondition);
    }

    private static void requireCondition(String field, JsonNode condition) {
        boolean range = condition.isObject()
                && !condition.isEmpty()
                && condition.properties().stream()
                        .allMatch(end -> List.of(FROM, TO).contains(end.getKey())
                                && end.getValue().isNumber());
        boolean list = condition.isArray() && !condition.isEmpty();
        if (!range && !list && !condition.isValueNode()) {
            throw new IllegalArgumentException(
                    field + " must be a value, a list of values, or a range {from: number, to: number}");
        }
    }

    boolean accepts(ObjectNode row) {
        return conditions.entrySet().stream().allMatch(c -> holds(c.getValue(), field(row, c.getKey())));
    }

    private static boolean holds(JsonNode condition, JsonNode value) {
        if (condition.isObject()) {
            return value.isNumber()
                    && value.doubleValue() >= condition.path(FROM).asDouble(Double.NEGATIVE_INFINITY)
                    && value.doubleValue() <= condition.path(TO).asDouble(Double.POSITIVE_INFINITY);
        }
        if (condition.isArray()) {
            for (JsonNode choice : condition) {
                if (same(choice, value)) {
                    return true;
                }
            }
            return false;
        }
        return same(condition, value);
    }

    /** As values, so that 1 is 1.0. */
    private static boolean same(JsonNode wanted, JsonNode value) {
        return wanted.isNumber() && value.isNumber()
                ? wanted.doubleValue() == value.doubleValue()
                : wanted.equals(value);
    }

    /** A field by its path, or a missing node. */
    static JsonNode field(ObjectNode row, String path) {
        JsonNode node = row;
        for (String step : path.split("\\.")) {
            node = node.path(step);
        }
        return node;
    }
}
