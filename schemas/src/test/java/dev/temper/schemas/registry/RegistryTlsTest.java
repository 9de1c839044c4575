package dev.temper.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.schemas.testing.StubRegistry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a certificate that the JDK's own keytool makes for {@code localhost}. */
class RegistryTlsTest {

    private static final String PASSWORD = "changeit";

    private static Path keystore = Path.of("keystore.p12");

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws Exception {
        keystore = folder.resolve("keystore.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "registry",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private static SSLContext serverContext() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keystore)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void shouldTrustWhatTheTruststoreHolds() throws Exception {
        // Given
        try (StubRegistry registry = new StubRegistry(serverContext())) {
            SchemaRegistryClient client = new SchemaRegistryClient(new RegistryConfig(Map.of(
                    "schema.registry.url",
                    registry.url(),
                    "schema.registry.ssl.truststore.location",
                    keystore.toString(),
                    "schema.registry.ssl.truststore.password",
                    PASSWORD,
                    "schema.registry.ssl.truststore.type",
                    "PKCS12")));

            // When
            var subjects = client.subjects();

            // Then
            assertThat(subjects).isEmpty();
        }
    }

    @Test
    void shouldNotTrustWhatItWasNotToldTo() throws Exception {
        // Given
        try (StubRegistry registry = new StubRegistry(serverContext())) {
            SchemaRegistryClient client = new SchemaRegistryClient(
                    new RegistryConfig(Map.of("schema.registry.url", registry.url(), "max.retries", 0)));

            // When, Then
            assertThatThrownBy(client::subjects)
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("SSLHandshakeException");
        }
    }

    @Test
    void shouldSayThatATruststoreCannotBeRead() {
        // Given
        var config = new RegistryConfig(Map.of(
                "schema.registry.url", "https://localhost:1",
                "schema.registry.ssl.truststore.location",
                        keystore.resolveSibling("absent.p12").toString(),
                "schema.registry.ssl.truststore.type", "PKCS12"));

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.ssl.*");
    }

    @Test
    void shouldRefuseToSkipTheHostName() {
        // Given
        var config = new RegistryConfig(Map.of(
                "schema.registry.url", "https://localhost:1",
                "schema.registry.ssl.endpoint.identification.algorithm", ""));

        // When, Then
        assertThatThrownBy(() -> new SchemaRegistryClient(config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be switched off");
    }
}
