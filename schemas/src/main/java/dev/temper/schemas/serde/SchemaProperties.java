package dev.temper.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.specific.SpecificData;

/** Takes out of a schema what only Java's code generator put there. */
final class SchemaProperties {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SchemaProperties() {}

    /** The same schema without Java's properties, as it stands in its {@code .avsc} file. */
    static Schema withoutJava(Schema schema) {
        try {
            return new Schema.Parser()
                    .parse(strip(JSON.readTree(schema.toString())).toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro wrote a schema that is not JSON", e);
        }
    }

    private static JsonNode strip(JsonNode node) {
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, strip(array.get(i)));
            }
        } else if (node instanceof ObjectNode object) {
            boolean changed = object.remove(GenericData.STRING_PROP) != null;
            changed |= object.remove(SpecificData.CLASS_PROP) != null;
            changed |= object.remove(SpecificData.KEY_CLASS_PROP) != null;
            changed |= object.remove(SpecificData.ELEMENT_PROP) != null;
            // A type that was an object for the sake of the property alone becomes its plain name again.
            if (changed && object.size() == 1 && object.path("type").isTextual()) {
                return TextNode.valueOf(object.path("type").textValue());
            }
            object.fieldNames().forEachRemaining(name -> {
                if (!name.equals("default")) {
                    object.set(name, strip(object.get(name)));
                }
            });
        }
        return node;
    }
}
