package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/** Looks whether the schema registry answers. */
final class RegistryCheck {
    private RegistryCheck() {}

    /**
     * A client that does not try again, unless it is configured to.
     *
     * @throws KafkaException if the settings are not as they must be
     */
    static SchemaRegistryClient client(SidecarConfig config) {
        Map<String, Object> settings = new LinkedHashMap<>(config.schemaRegistry());
        settings.putIfAbsent(RegistryConfig.MAX_RETRIES, "0");
        return new SchemaRegistryClient(new RegistryConfig(settings));
    }

    static Finding run(SidecarConfig config) {
        try {
            return run(client(config));
        } catch (KafkaException e) {
            return wrong(e);
        }
    }

    static Finding run(SchemaRegistryClient client) {
        try {
            return Finding.ok("registry", "answers, " + client.subjects().size() + " subject(s)");
        } catch (KafkaException e) {
            return wrong(e);
        }
    }

    private static Finding wrong(KafkaException e) {
        return Finding.wrong("registry", String.valueOf(e.getMessage()), "");
    }
}
