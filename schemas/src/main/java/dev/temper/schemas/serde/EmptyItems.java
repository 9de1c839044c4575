package dev.temper.schemas.serde;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * Finds arrays whose items take no bytes. A payload of a few bytes can claim any number of such items, and Avro would
 * read or skip them one by one for days; no event has a use for them.
 */
final class EmptyItems {

    private EmptyItems() {}

    /** Whether a schema holds such an array, at any depth. */
    static boolean in(Schema schema) {
        return in(schema, new HashSet<>());
    }

    private static boolean in(Schema schema, Set<String> seen) {
        return switch (schema.getType()) {
            case RECORD ->
                seen.add(schema.getFullName())
                        && schema.getFields().stream().anyMatch(field -> in(field.schema(), seen));
            case ARRAY -> takesNoBytes(schema.getElementType(), List.of()) || in(schema.getElementType(), seen);
            case MAP -> in(schema.getValueType(), seen);
            case UNION -> schema.getTypes().stream().anyMatch(branch -> in(branch, seen));
            default -> false;
        };
    }

    /** @param within full names of the records around this schema: one that holds itself cannot be written at all */
    private static boolean takesNoBytes(Schema schema, List<String> within) {
        return switch (schema.getType()) {
            case NULL -> true;
            case FIXED -> schema.getFixedSize() == 0;
            case RECORD -> {
                List<String> path = new ArrayList<>(within);
                path.add(schema.getFullName());
                yield within.contains(schema.getFullName())
                        || schema.getFields().stream().allMatch(field -> takesNoBytes(field.schema(), path));
            }
            default -> false;
        };
    }
}
