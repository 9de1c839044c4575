package dev.temper.schemas.serde;

import java.util.Map;
import org.apache.avro.Schema;

/**
 * A schema as it must stand in the registry.
 *
 * @param subject where it stands, by the configured strategy
 * @param schema what is registered there
 */
public record SubjectSchema(String subject, Schema schema) {

    /**
     * What a serializer with these settings looks up, or registers, when it writes values of a class to a topic.
     *
     * @param generated the schema of the generated class
     */
    public static SubjectSchema ofValues(String topic, Schema generated, Map<String, ?> settings) {
        AvroSerdeConfig config = new AvroSerdeConfig(settings, false);
        return new SubjectSchema(config.subject(topic, generated.getFullName()), config.registrable(generated));
    }
}
