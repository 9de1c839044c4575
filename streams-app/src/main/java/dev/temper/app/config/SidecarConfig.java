package dev.temper.app.config;

import dev.temper.app.policy.FlagPolicy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Everything that can be set. {@link ConfigLoader} reads it from a file; {@code docs/configuration.md} is
 * written from these records. {@link #toString()} shows no value of the Kafka and registry settings, which may be secrets.
 *
 * @param kafka settings of Kafka Streams and of its clients, by their own names, security included
 * @param schemaRegistry settings of the registry's client, by the names that Confluent's has
 * @param serde class name of the {@link org.apache.kafka.common.serialization.Serde} of the events
 */
public record SidecarConfig(
        Map<String, String> kafka,
        Map<String, String> schemaRegistry,
        String serde,
        TopicsConfig topics,
        ProvisioningConfig provisioning,
        EngineConfig engine,
        FlagPolicy policy,
        LimitsConfig limits,
        AdminConfig admin,
        ModerationConfig moderation) {

    public static final String DEFAULT_APPLICATION_ID = "temper";
    public static final String REGISTRY_URL = "schema.registry.url";

    public SidecarConfig {
        kafka = Collections.unmodifiableMap(new LinkedHashMap<>(kafka));
        schemaRegistry = Collections.unmodifiableMap(new LinkedHashMap<>(schemaRegistry));
        require(kafka, "kafka", "bootstrap.servers", "localhost:9092");
        require(schemaRegistry, "schema_registry", REGISTRY_URL, "http://localhost:8081");
        KafkaSettings.refuseOverrides(kafka);
        KafkaSettings.maxPollRecords(kafka, limits.maxInbox());
        if (serde.isBlank()) {
            throw new IllegalArgumentException("serde must name a class; leave the line out for the built-in one");
        }
    }

    private static void require(Map<String, String> settings, String section, String key, String example) {
        String value = settings.get(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(section + "." + key + " is missing; set it, for example to " + example);
        }
    }

    /** The effective settings of Kafka Streams. */
    public Map<String, Object> streamsProperties() {
        return KafkaSettings.streams(kafka, limits);
    }

    /** Most prompts that one poll of a stream thread brings. */
    public int maxPollRecords() {
        return KafkaSettings.maxPollRecords(kafka, limits.maxInbox());
    }

    /** The settings for an admin client on the same cluster. */
    public Map<String, Object> adminProperties() {
        return KafkaSettings.admin(kafka);
    }

    @Override
    public String toString() {
        return "SidecarConfig[kafka " + new TreeSet<>(kafka.keySet()) + ", schema_registry "
                + new TreeSet<>(schemaRegistry.keySet()) + ", " + topics + ", " + engine + ", policy "
                + policy.version() + ", " + limits + ", " + admin + ", " + moderation + "]";
    }
}
