package dev.temper.sandbox.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.sandbox.registry.RegistryClient.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedRegistryTest {
    private static final String USER = record("User", "{\"name\":\"id\",\"type\":\"string\"}");
    private static final String USER_WITH_OPTIONAL_AGE =
            record("User", "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"age\",\"type\":\"int\",\"default\":0}");
    private static final String USER_WITH_REQUIRED_AGE =
            record("User", "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"age\",\"type\":\"int\"}");

    private final Path folder;
    private EmbeddedRegistry registry;
    private RegistryClient client;

    EmbeddedRegistryTest(@TempDir Path folder) {
        this.folder = folder;
        this.registry = EmbeddedRegistry.start(folder, 0);
        this.client = new RegistryClient(registry);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void shouldGiveOneIdToTheSameSchemaInEverySubject() throws Exception {
        // Given
        int first = client.register("a-value", USER).body().path("id").asInt();

        // When
        Answer again = client.register("a-value", USER.replace(",", " , "));
        Answer elsewhere = client.register("b-value", USER);
        Answer next = client.register("a-value", USER_WITH_OPTIONAL_AGE);

        // Then
        assertThat(first).isEqualTo(1);
        assertThat(again.body().path("id").asInt()).isEqualTo(1);
        assertThat(elsewhere.body().path("id").asInt()).isEqualTo(1);
        assertThat(next.body().path("id").asInt()).isEqualTo(2);
        assertThat(client.get("/subjects/a-value/versions").body()).hasToString("[1,2]");
        assertThat(client.get("/subjects").body()).hasToString("[\"a-value\",\"b-value\"]");
        assertThat(client.get("/schemas/ids/1/versions").body()).hasSize(2);
        assertThat(client.get("/schemas/ids/1/subjects").body()).hasToString("[\"a-value\",\"b-value\"]");
    }

    @Test
    void shouldShowASchemaByIdVersionLatestAndLookup() throws Exception {
        // Given
        client.register("a%2Fvalue", USER);
        client.register("a%2Fvalue", USER_WITH_OPTIONAL_AGE);

        // When
        Answer byId = client.get("/schemas/ids/1");
        Answer latest = client.get("/subjects/a%2Fvalue/versions/latest");
        Answer raw = client.get("/subjects/a%2Fvalue/versions/1/schema");
        Answer lookup = client.postSchema("/subjects/a%2Fvalue", USER);

        // Then
        assertThat(byId.body().path("schema").asText()).isEqualTo(USER);
        assertThat(latest.body().path("subject").asText()).isEqualTo("a/value");
        assertThat(latest.body().path("version").asInt()).isEqualTo(2);
        assertThat(latest.body().path("schema").asText()).isEqualTo(USER_WITH_OPTIONAL_AGE);
        assertThat(raw.body()).hasToString(USER);
        assertThat(lookup.body().path("version").asInt()).isEqualTo(1);
        assertThat(client.get("/schemas/ids/1/schema").body()).hasToString(USER);
        assertThat(client.get("/schemas/types").body()).hasToString("[\"AVRO\"]");
        assertThat(client.get("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/schemas/ids/99, 404, 40403",
        "/subjects/none/versions, 404, 40401",
        "/subjects/none/versions/latest, 404, 40401",
        "/subjects/known/versions/7, 404, 40402",
        "/subjects/known/versions/0, 422, 42202",
        "/subjects/known/versions/newest, 422, 42202",
        "/config/known, 404, 40408",
        "/mode/known, 404, 40409",
        "/nothing/here, 404, 404",
    })
    void shouldRefuseAnUnknownThingWithItsCode(String path, int status, int code) throws Exception {
        // Given
        client.register("known", USER);

        // When
        Answer answer = client.get(path);

        // Then
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.body().path("message").asText()).isNotBlank();
    }

    @Test
    void shouldRefuseBadBodies() throws Exception {
        // Given
        String path = "/subjects/known/versions";
        client.register("known", USER);

        // When
        Answer notASchema = client.register("known", "{\"type\":\"recrod\"}");
        Answer badDefault =
                client.register("known", record("User", "{\"name\":\"id\",\"type\":\"string\",\"default\":5}"));
        Answer noSchema = client.send("POST", path, "{}");
        Answer notJson = client.send("POST", path, "{");
        Answer protobuf = client.send("POST", path, "{\"schemaType\":\"PROTOBUF\",\"schema\":\"x\"}");
        Answer unknownSchema = client.postSchema("/subjects/known", USER_WITH_OPTIONAL_AGE);

        // Then
        assertThat(notASchema.code()).isEqualTo(42201);
        assertThat(badDefault.code()).isEqualTo(42201);
        assertThat(noSchema.code()).isEqualTo(42201);
        assertThat(protobuf.code()).isEqualTo(42201);
        assertThat(notJson.status()).isEqualTo(400);
        assertThat(unknownSchema.code()).isEqualTo(40403);
    }

    @Test
    void shouldRefuseASchemaThatCannotReadEarlierRecords() throws Exception {
        // Given
        client.register("a", USER);

        // When
        Answer incompatible = client.register("a", USER_WITH_REQUIRED_AGE);

        // Then
        assertThat(client.get("/config").body().path("compatibilityLevel").asText())
                .isEqualTo("BACKWARD");
        assertThat(incompatible.status()).isEqualTo(409);
        assertThat(incompatible.code()).isEqualTo(409);
        assertThat(incompatible.body().path("message").asText()).contains("READER_FIELD_MISSING_DEFAULT_VALUE");
        assertThat(client.get("/subjects/a/versions").body()).hasToString("[1]");
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, true, true",
        "BACKWARD, false, true",
        "FORWARD, true, true",
        "FULL, false, true",
        "backward_transitive, false, true",
        "FORWARD_TRANSITIVE, true, true",
        "FULL_TRANSITIVE, false, true",
    })
    void shouldCheckBySubjectsLevel(String level, boolean requiredField, boolean optionalField) throws Exception {
        // Given
        client.register("a", USER);
        client.put("/config/a", Map.of("compatibility", level));

        // When
        Answer required =
                client.postSchema("/compatibility/subjects/a/versions/latest?verbose=true", USER_WITH_REQUIRED_AGE);
        Answer optional = client.postSchema("/compatibility/subjects/a/versions", USER_WITH_OPTIONAL_AGE);

        // Then
        assertThat(required.body().path("is_compatible").asBoolean()).isEqualTo(requiredField);
        assertThat(required.body().path("messages").isEmpty()).isEqualTo(requiredField);
        assertThat(optional.body().path("is_compatible").asBoolean()).isEqualTo(optionalField);
    }

    @Test
    void shouldCompareWithEveryVersionOnlyWhenTransitive() throws Exception {
        // Given
        String empty = record("User", "");
        String renamed = record("User", "{\"name\":\"id\",\"type\":\"int\"}");
        client.register("a", record("User", "{\"name\":\"id\",\"type\":\"string\"}"));
        client.register("a", empty);

        // When
        client.put("/config/a", Map.of("compatibility", "FORWARD_TRANSITIVE"));
        Answer transitive = client.postSchema("/compatibility/subjects/a/versions", renamed);
        client.put("/config/a", Map.of("compatibility", "FORWARD"));
        Answer latestOnly = client.postSchema("/compatibility/subjects/a/versions", renamed);

        // Then
        assertThat(transitive.body().path("is_compatible").asBoolean()).isFalse();
        assertThat(latestOnly.body().path("is_compatible").asBoolean()).isTrue();
    }

    @Test
    void shouldCallAnythingCompatibleWithAnEmptySubjectButKnowNoVersionOfIt() throws Exception {
        // Given
        String path = "/compatibility/subjects/none/versions";

        // When
        Answer latest = client.postSchema(path + "/latest", USER);
        Answer numbered = client.postSchema(path + "/1", USER);

        // Then
        assertThat(latest.body().path("is_compatible").asBoolean()).isTrue();
        assertThat(numbered.code()).isEqualTo(40401);
    }

    @Test
    void shouldRefuseUnknownLevelsAndModesAndHonourReadOnly() throws Exception {
        // Given
        client.register("a", USER);

        // When
        Answer level = client.put("/config", Map.of("compatibility", "SOMEWHAT"));
        Answer mode = client.put("/mode", Map.of("mode", "SOMETIMES"));
        Answer set = client.put("/mode/a", Map.of("mode", "READONLY"));
        Answer refused = client.register("a", USER_WITH_OPTIONAL_AGE);
        Answer known = client.register("a", USER);

        // Then
        assertThat(level.code()).isEqualTo(42203);
        assertThat(mode.code()).isEqualTo(42204);
        assertThat(set.body()).hasToString("{\"mode\":\"READONLY\"}");
        assertThat(refused.code()).isEqualTo(42205);
        assertThat(known.body().path("id").asInt()).isEqualTo(1);
        assertThat(client.get("/mode").body()).hasToString("{\"mode\":\"READWRITE\"}");
        assertThat(client.get("/mode/b?defaultToGlobal=true").body()).hasToString("{\"mode\":\"READWRITE\"}");
    }

    @Test
    void shouldResolveReferences() throws Exception {
        // Given
        client.register("address", record("Address", "{\"name\":\"street\",\"type\":\"string\"}"));
        String person = record("Person", "{\"name\":\"home\",\"type\":\"test.Address\"}");

        // When
        Answer with =
                client.register("person", person, Map.of("name", "test.Address", "subject", "address", "version", 1));
        Answer without = client.register("person", person);

        // Then
        assertThat(with.status()).isEqualTo(200);
        assertThat(client.get("/subjects/person/versions/1").body().path("references"))
                .hasSize(1);
        assertThat(client.get("/schemas/ids/2").body().path("schema").asText()).doesNotContain("street");
        assertThat(without.code()).isEqualTo(42201);
    }

    @Test
    void shouldKeepEverythingOverARestart() throws Exception {
        // Given
        client.register("a", USER);
        client.register("a", USER_WITH_OPTIONAL_AGE);
        client.put("/config/a", Map.of("compatibility", "FULL"));
        client.put("/mode/a", Map.of("mode", "READONLY"));

        // When
        restart();

        // Then
        assertThat(client.get("/subjects/a/versions").body()).hasToString("[1,2]");
        assertThat(client.get("/config/a").body().path("compatibilityLevel").asText())
                .isEqualTo("FULL");
        assertThat(client.get("/mode/a").body().path("mode").asText()).isEqualTo("READONLY");
        assertThat(client.register("b", record("Other", "")).body().path("id").asInt())
                .isEqualTo(3);
    }

    @Test
    void shouldCutOffALineThatAKillLeftTorn() throws Exception {
        // Given
        client.register("a", USER);
        registry.close();
        Path file = folder.resolve("schemas.jsonl");
        Files.writeString(file, "{\"kind\":\"schema\",\"subject\":\"a\",\"vers", StandardOpenOption.APPEND);

        // When
        restart();
        client.register("a", USER_WITH_OPTIONAL_AGE);
        restart();

        // Then
        assertThat(client.get("/subjects/a/versions").body()).hasToString("[1,2]");
        assertThat(Files.readAllLines(file, StandardCharsets.UTF_8)).hasSize(2);
    }

    @Test
    void shouldNameTheLineOfADamagedFile() throws Exception {
        // Given
        client.register("a", USER);
        registry.close();
        Path file = folder.resolve("schemas.jsonl");
        Files.writeString(file, "not json\n" + Files.readString(file));

        // When
        var start = assertThatThrownBy(() -> EmbeddedRegistry.start(folder, 0));

        // Then
        start.isInstanceOf(TemperException.class).hasMessageContaining("damaged at line 1");
    }

    @Test
    void shouldRefuseATakenPortAndAFolderInUse(@TempDir Path other) {
        // Given
        int port = Integer.parseInt(registry.url().replaceAll(".*:", ""));

        // When
        var samePort = assertThatThrownBy(() -> EmbeddedRegistry.start(other, port));
        var sameFolder = assertThatThrownBy(() -> EmbeddedRegistry.start(folder, 0));

        // Then
        samePort.isInstanceOf(TemperException.class).hasMessageContaining("Port " + port + " is taken");
        sameFolder.isInstanceOf(TemperException.class).hasMessageContaining("in use by an embedded schema registry");
    }

    private void restart() {
        registry.close();
        registry = EmbeddedRegistry.start(folder, 0);
        client = new RegistryClient(registry);
    }

    private static String record(String name, String fields) {
        return "{\"type\":\"record\",\"name\":\"" + name + "\",\"namespace\":\"test\",\"fields\":[" + fields + "]}";
    }
}
