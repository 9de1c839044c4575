package dev.temper.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Turns the registry's answers into Avro schemas, types that are registered on their own included. */
final class SchemaReader {

    private static final int MAX_REFERENCES = 1_000;

    private final Function<SchemaReference, JsonNode> fetch;

    /** @param fetch the registry's answer for one version of a subject */
    SchemaReader(Function<SchemaReference, JsonNode> fetch) {
        this.fetch = fetch;
    }

    /** @throws UnknownSchemaException if it is no Avro schema, or one that this Avro version cannot read */
    Schema read(String what, JsonNode answer) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new UnknownSchemaException(what + " is of type " + type + "; only AVRO can be read");
        }
        Schema.Parser parser = new Schema.Parser();
        try {
            addReferences(parser, answer, new HashSet<>());
            return parser.parse(answer.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw new UnknownSchemaException(what + " cannot be read as an Avro schema", e);
        }
    }

    /** Depth first, so that every type is known before it is used. A type that two others share is read once. */
    private void addReferences(Schema.Parser parser, JsonNode answer, Set<SchemaReference> seen) {
        for (JsonNode node : answer.path("references")) {
            SchemaReference reference = new SchemaReference(
                    node.path("name").asText(),
                    node.path("subject").asText(),
                    node.path("version").asInt());
            if (!seen.add(reference)) {
                continue;
            }
            if (seen.size() > MAX_REFERENCES) {
                throw new UnknownSchemaException("a schema refers to more than " + MAX_REFERENCES + " others");
            }
            JsonNode referenced = fetch.apply(reference);
            addReferences(parser, referenced, seen);
            parser.parse(referenced.path("schema").asText());
        }
    }
}
