package dev.temper.sandbox.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/** Which earlier versions a new schema must get along with, and in which direction; names as on the wire. */
enum Compatibility {
    NONE(false, false, false),
    /** Consumers on the new schema read what was written with the latest. */
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    /** Consumers on the latest schema read what is written with the new. */
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean newReadsOld;
    private final boolean oldReadsNew;
    private final boolean againstAll;

    Compatibility(boolean newReadsOld, boolean oldReadsNew, boolean againstAll) {
        this.newReadsOld = newReadsOld;
        this.oldReadsNew = oldReadsNew;
        this.againstAll = againstAll;
    }

    /**
     * Reads a level, in either case.
     *
     * @throws RegistryError 42203 when there is no such level
     */
    static Compatibility parse(String name) {
        for (Compatibility level : values()) {
            if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
                return level;
            }
        }
        throw RegistryError.invalidCompatibility();
    }

    /**
     * Compares a schema with the versions of its subject.
     *
     * @param earlier oldest first
     * @return what is incompatible, in words; empty when nothing is
     */
    List<String> check(Schema candidate, List<Schema> earlier) {
        List<Schema> relevant = againstAll || earlier.isEmpty() ? earlier : List.of(earlier.get(earlier.size() - 1));
        List<String> problems = new ArrayList<>();
        for (Schema old : relevant) {
            if (newReadsOld) {
                problems.addAll(problems(candidate, old));
            }
            if (oldReadsNew) {
                problems.addAll(problems(old, candidate));
            }
        }
        return problems;
    }

    private static List<String> problems(Schema reader, Schema writer) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        return pair.getResult().getIncompatibilities().stream()
                .map(Compatibility::describe)
                .toList();
    }

    private static String describe(Incompatibility problem) {
        return problem.getType() + " at " + problem.getLocation() + ": " + problem.getMessage();
    }
}
