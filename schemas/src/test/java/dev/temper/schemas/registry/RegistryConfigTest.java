package dev.temper.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryConfigTest {

    private static final String URL = "http://localhost:8081";

    @Test
    void shouldReadSeveralAddresses() {
        // When
        var config = new RegistryConfig(Map.of("schema.registry.url", "http://a:1, https://b/registry/ "));

        // Then
        assertThat(config.urls()).containsExactly(URI.create("http://a:1/"), URI.create("https://b/registry/"));
    }

    @Test
    void shouldReadAListOfAddresses() {
        assertThat(new RegistryConfig(Map.of("schema.registry.url", List.of(URL))).urls())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "localhost:8081", "mock://x", "http://", "http://ada:s3cret@a b"})
    void shouldRefuseWhatIsNoAddressWithoutShowingIt(String url) {
        assertThatThrownBy(() -> new RegistryConfig(Map.of("schema.registry.url", url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void shouldRefuseAMissingAddress() {
        assertThatThrownBy(() -> new RegistryConfig(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
    }

    @ParameterizedTest
    @CsvSource({
        "max.retries,-1",
        "http.read.timeout.ms,0",
        "max.schemas.per.subject,0",
        "basic.auth.credentials.source,SASL_INHERIT",
        "basic.auth.credentials.source,USER_INFO",
        "bearer.auth.credentials.source,OAUTHBEARER",
        "bearer.auth.credentials.source,STATIC_TOKEN",
        "proxy.host,localhost"
    })
    void shouldRefuseWhatItCannotDo(String key, String value) {
        assertThatThrownBy(() -> new RegistryConfig(Map.of("schema.registry.url", URL, key, value)))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void shouldReadTheOlderNameOfTheUser() {
        // When
        var config = new RegistryConfig(Map.of(
                "schema.registry.url", URL,
                "basic.auth.credentials.source", "USER_INFO",
                "schema.registry.basic.auth.user.info", "ada:s3cret"));

        // Then
        assertThat(config.headers()).containsEntry("Authorization", "Basic YWRhOnMzY3JldA==");
    }

    @Test
    void shouldRefuseAHeaderThatCannotBeSent() {
        var config = new RegistryConfig(Map.of("schema.registry.url", URL, "request.header.Host", "elsewhere"));
        assertThatThrownBy(() -> new SchemaRegistryClient(config)).isInstanceOf(ConfigException.class);
    }

    @Test
    void shouldSayWhatEachKeyIsFor() {
        assertThat(RegistryConfig.DEFINITION.configKeys().values())
                .allSatisfy(key -> assertThat(key.documentation).isNotBlank());
    }
}
