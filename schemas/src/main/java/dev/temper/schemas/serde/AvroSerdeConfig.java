package dev.temper.schemas.serde;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * What the Avro serdes do, under Confluent's own keys. How they reach the registry is in {@link
 * dev.temper.schemas.registry.RegistryConfig}.
 */
public final class AvroSerdeConfig extends AbstractConfig {

    public static final String AUTO_REGISTER = "auto.register.schemas";
    public static final String USE_LATEST = "use.latest.version";
    public static final String LATEST_STRICT = "latest.compatibility.strict";
    public static final String REMOVE_JAVA_PROPERTIES = "avro.remove.java.properties";
    public static final String KEY_STRATEGY = "key.subject.name.strategy";
    public static final String VALUE_STRATEGY = "value.subject.name.strategy";
    public static final String KEY_TYPE = "specific.avro.key.type";
    public static final String VALUE_TYPE = "specific.avro.value.type";
    /** Confluent's switch to generated classes; the built-in serdes know no other. */
    public static final String SPECIFIC_READER = "specific.avro.reader";

    private static final String USE_ID = "use.schema.id";

    /** Keys, types, defaults and what they are for; the source of the settings' reference page. */
    public static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    AUTO_REGISTER,
                    Type.BOOLEAN,
                    true,
                    MEDIUM,
                    "Register a schema when it is first written; "
                            + "switch it off where schemas are deployed on their own.")
            .define(
                    USE_LATEST,
                    Type.BOOLEAN,
                    false,
                    MEDIUM,
                    "Write in the subject's latest schema; " + "acts where schemas are not registered automatically.")
            .define(LATEST_STRICT, Type.BOOLEAN, true, LOW, "Refuse a latest schema that cannot read ours.")
            .define(
                    REMOVE_JAVA_PROPERTIES,
                    Type.BOOLEAN,
                    true,
                    LOW,
                    "Register schemas without avro.java.string, "
                            + "as they stand in the .avsc files, so that clients in other languages register the same.")
            .define(USE_ID, Type.INT, -1, LOW, "Not supported; must stay -1.");

    private final boolean isKey;
    private final SubjectNameStrategy strategy;

    public AvroSerdeConfig(Map<String, ?> settings, boolean isKey) {
        super(DEFINITION, settings, false);
        this.isKey = isKey;
        this.strategy = readStrategy(isKey ? KEY_STRATEGY : VALUE_STRATEGY);
        if (getInt(USE_ID) >= 0) {
            throw new ConfigException(USE_ID, getInt(USE_ID), "the built-in serdes do not write by a fixed id");
        }
    }

    private SubjectNameStrategy readStrategy(String key) {
        Object setting = originals().get(key);
        return setting == null ? SubjectNameStrategy.TOPIC_NAME : SubjectNameStrategy.parse(key, setting);
    }

    /** The class that records are read as; null to go by the name in the writer's schema. */
    @Nullable
    Class<? extends SpecificRecord> type() {
        String key = isKey ? KEY_TYPE : VALUE_TYPE;
        Object setting = originals().get(key);
        if (setting == null) {
            return null;
        }
        try {
            Class<?> type = setting instanceof Class<?> given
                    ? given
                    : Class.forName(setting.toString().trim(), true, Utils.getContextOrKafkaClassLoader());
            return type.asSubclass(SpecificRecord.class);
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new ConfigException(key, setting, "must be a class generated from an Avro schema, on the class path");
        }
    }

    /** Where a record's schema stands in the registry. */
    String subject(@Nullable String topic, String recordName) {
        return strategy.subject(Objects.requireNonNullElse(topic, ""), isKey, recordName);
    }

    /** What is registered for a generated class's schema. */
    Schema registrable(Schema generated) {
        return getBoolean(REMOVE_JAVA_PROPERTIES) ? SchemaProperties.withoutJava(generated) : generated;
    }
}
