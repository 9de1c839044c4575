package dev.temper.schemas.registry;

import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the registry, from {@code schema.registry.ssl.*}: the keys of Kafka's own clients (JKS, PKCS12 and PEM
 * stores, from files or inline), read by Kafka's own code.
 */
final class RegistryTls {

    private static final ConfigDef DEFINITION = new ConfigDef().withClientSslSupport();

    private RegistryTls() {}

    /** What the settings ask for; null if they ask for nothing and the JVM's own trust store will do. */
    static @Nullable SSLContext context(RegistryConfig config) {
        Map<String, Object> given = new HashMap<>(config.originalsWithPrefix(RegistryConfig.PREFIX));
        given.keySet().removeIf(key -> !key.startsWith("ssl."));
        if (given.isEmpty()) {
            return null;
        }
        Object verification = given.get(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG);
        if (verification != null && !verification.toString().equalsIgnoreCase("https")) {
            throw new ConfigException(RegistryConfig.PREFIX + SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG
                    + " cannot be switched off: give the registry a certificate for the name in " + RegistryConfig.URL);
        }
        DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
        try {
            factory.configure(DEFINITION.parse(given));
            return factory.sslContext();
        } catch (KafkaException e) {
            throw new ConfigException("TLS to the schema registry cannot be set up from " + RegistryConfig.PREFIX
                    + "ssl.*: " + e.getMessage());
        }
    }
}
