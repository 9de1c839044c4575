package dev.temper.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.schemas.testing.StubRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaRegistryClientTest {

    private static final Schema SCHEMA =
            SchemaBuilder.record("test.Fruit").fields().requiredString("name").endRecord();

    private final StubRegistry registry = new StubRegistry();
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void stop() {
        registry.close();
    }

    private SchemaRegistryClient client(String... keysAndValues) {
        return clientOf(registry.url(), keysAndValues);
    }

    private SchemaRegistryClient clientOf(String url, String... keysAndValues) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "schema.registry.url", url, "max.retries", "2", "retries.wait.ms", "1", "retries.max.wait.ms", "2"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new SchemaRegistryClient(new RegistryConfig(settings), nanos::get);
    }

    @Test
    void shouldRegisterAndReadBack() {
        // Given
        SchemaRegistryClient client = client();

        // When
        int id = client.register("fruit-value", SCHEMA);

        // Then
        assertThat(client.schemaById(id)).isEqualTo(SCHEMA);
        assertThat(client.lookup("fruit-value", SCHEMA)).isEqualTo(id);
        assertThat(client.latest("fruit-value")).isEqualTo(new RegisteredSchema("fruit-value", 1, id, SCHEMA));
        assertThat(client.version("fruit-value", 1).id()).isEqualTo(id);
        assertThat(client.subjects()).containsExactly("fruit-value");
        assertThat(client.versions("fruit-value")).containsExactly(1);
    }

    @Test
    void shouldAskOnceForWhatItKeeps() {
        // Given
        int id = registry.add("fruit-value", SCHEMA.toString(), null);
        SchemaRegistryClient client = client();

        // When
        for (int i = 0; i < 3; i++) {
            client.schemaById(id);
            client.register("fruit-value", SCHEMA);
            client.latest("fruit-value");
        }

        // Then
        assertThat(registry.lines())
                .containsExactly(
                        "GET /schemas/ids/1",
                        "POST /subjects/fruit-value/versions",
                        "GET /subjects/fruit-value/versions/latest");
    }

    @Test
    void shouldForgetTheLeastUsedBeyondItsBound() {
        // Given
        int first = registry.add("a", SCHEMA.toString(), null);
        int second = registry.add("b", "\"string\"", null);
        SchemaRegistryClient client = client("max.schemas.per.subject", "1");

        // When
        client.schemaById(first);
        client.schemaById(second);
        client.schemaById(first);

        // Then
        assertThat(registry.lines()).containsExactly("GET /schemas/ids/1", "GET /schemas/ids/2", "GET /schemas/ids/1");
    }

    @Test
    void shouldRememberForAWhileThatAnIdIsUnknown() {
        // Given
        SchemaRegistryClient client = client("missing.id.cache.ttl.sec", "30");
        assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(UnknownSchemaException.class);
        int id = registry.add("fruit-value", SCHEMA.toString(), null);

        // When
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(29));
        assertThatThrownBy(() -> client.schemaById(id)).isInstanceOf(UnknownSchemaException.class);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        Schema schema = client.schemaById(id);

        // Then
        assertThat(schema).isEqualTo(SCHEMA);
        assertThat(registry.requests()).hasSize(2);
    }

    @Test
    void shouldAskForTheLatestAgainWhenItIsOld() {
        // Given
        registry.add("fruit-value", SCHEMA.toString(), null);
        SchemaRegistryClient client = client("latest.cache.ttl.sec", "60");
        client.latest("fruit-value");
        registry.add("fruit-value", "\"string\"", null);

        // When
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        RegisteredSchema latest = client.latest("fruit-value");

        // Then
        assertThat(latest.version()).isEqualTo(2);
    }

    @Test
    void shouldTakeAnUnknownIdForTheRecordsFault() {
        assertThatThrownBy(() -> client().schemaById(7))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("schema id 7 is not in the schema registry");
    }

    @Test
    void shouldNotTakeAWrongAddressForTheRecordsFault() {
        // Given
        registry.answerAlways(404, "<html>nothing here</html>");

        // When, Then
        assertThatThrownBy(() -> client().schemaById(7))
                .isInstanceOf(RegistryRefusedException.class)
                .isNotInstanceOf(SerializationException.class)
                .hasMessageContaining("HTTP 404");
    }

    @Test
    void shouldResolveReferencesInDepth() throws Exception {
        // Given
        registry.add("seed", "{\"type\":\"record\",\"name\":\"test.Seed\",\"fields\":[]}", null);
        registry.add(
                "core",
                "{\"type\":\"record\",\"name\":\"test.Core\",\"fields\":[{\"name\":\"s\",\"type\":\"test.Seed\"}]}",
                references("seed"));
        int id = registry.add(
                "fruit",
                "{\"type\":\"record\",\"name\":\"test.Fruit\",\"fields\":[{\"name\":\"c\",\"type\":\"test.Core\"},"
                        + "{\"name\":\"s\",\"type\":\"test.Seed\"}]}",
                references("core", "seed"));

        // When
        Schema schema = client().schemaById(id);

        // Then
        assertThat(schema.getField("c").schema().getField("s").schema().getFullName())
                .isEqualTo("test.Seed");
    }

    @Test
    void shouldRegisterWithReferences() {
        // Given
        List<SchemaReference> references = List.of(new SchemaReference("test.Seed", "seed", 1));

        // When
        client().register("fruit", "{\"type\":\"array\",\"items\":\"test.Seed\"}", references);

        // Then
        assertThat(registry.requests().get(0).body())
                .contains("\"references\":[{\"name\":\"test.Seed\",\"subject\":\"seed\",\"version\":1}]");
    }

    private static JsonNode references(String... subjects) {
        var array = new ObjectMapper().createArrayNode();
        for (String subject : subjects) {
            array.addObject().put("name", subject).put("subject", subject).put("version", 1);
        }
        return array;
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"record\"}", "not json", ""})
    void shouldTakeASchemaThatAvroCannotReadForUnknown(String text) {
        // Given
        int id = registry.add("bad", text, null);

        // When, Then
        assertThatThrownBy(() -> client().schemaById(id)).isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void shouldTakeASchemaOfAnotherKindForUnknown() {
        // Given
        registry.answerNext(200, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"syntax\"}");

        // When, Then
        assertThatThrownBy(() -> client().schemaById(1))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageContaining("PROTOBUF");
    }

    @Test
    void shouldFallBackToTheRegistrysCompatibility() {
        // When
        CompatibilityLevel level = client().compatibility("fruit-value");

        // Then
        assertThat(level).isEqualTo(CompatibilityLevel.FULL);
        assertThat(registry.lines()).containsExactly("GET /config/fruit-value?defaultToGlobal=true", "GET /config");
    }

    @Test
    void shouldSetAndTestCompatibility() {
        // Given
        SchemaRegistryClient client = client();

        // When
        client.setCompatibility("fruit-value", CompatibilityLevel.FULL_TRANSITIVE);
        boolean compatible = client.isCompatible("fruit-value", SCHEMA);

        // Then
        assertThat(compatible).isFalse();
        assertThat(registry.requests().get(0).body()).isEqualTo("{\"compatibility\":\"FULL_TRANSITIVE\"}");
        assertThat(registry.lines().get(1)).isEqualTo("POST /compatibility/subjects/fruit-value/versions/latest");
    }

    @Test
    void shouldCallAnySchemaCompatibleWithAnEmptySubject() {
        // Given
        registry.answerNext(404, "{\"error_code\":40401,\"message\":\"Subject not found\"}");

        // When, Then
        assertThat(client().isCompatible("new", SCHEMA)).isTrue();
    }

    @Test
    void shouldEncodeSubjectsAndNormalizeWhenAsked() {
        // When
        client("normalize.schemas", "true").register("a/b c", SCHEMA);

        // Then
        assertThat(registry.lines()).containsExactly("POST /subjects/a%2Fb%20c/versions?normalize=true");
    }
}
