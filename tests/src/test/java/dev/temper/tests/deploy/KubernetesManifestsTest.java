package dev.temper.tests.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests, against the models that Kubernetes' own client is generated with, and against Temper. */
class KubernetesManifestsTest {
    private static final Path FOLDER = Path.of("../deploy/kubernetes");

    private interface Schema {
        /** @throws IllegalArgumentException at a field that is not known, missing or of another kind */
        void validate(JsonElement document) throws IOException;
    }

    private static final Map<String, Schema> SCHEMAS =
            Map.of("v1/Secret", V1Secret::validateJsonElement, "apps/v1/Deployment", V1Deployment::validateJsonElement);

    private static List<JsonNode> documents(String file) throws IOException {
        try (var read = new YAMLMapper()
                .readerFor(JsonNode.class)
                .<JsonNode>readValues(Files.readString(FOLDER.resolve(file)))) {
            return read.readAll();
        }
    }

    private static JsonNode document(String file, String kind) throws IOException {
        return documents(file).stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static void validate(JsonNode document) throws IOException {
        String kind = document.path("apiVersion").asText() + "/"
                + document.path("kind").asText();
        Optional.ofNullable(SCHEMAS.get(kind)).orElseThrow().validate(JsonParser.parseString(document.toString()));
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(items::add);
        return items;
    }

    private static List<String> names(JsonNode array) {
        return list(array).stream().map(item -> item.path("name").asText()).toList();
    }

    private static JsonNode temper(JsonNode pod) {
        return Stream.concat(list(pod.path("initContainers")).stream(), list(pod.path("containers")).stream())
                .filter(container -> container.path("name").asText().equals("temper"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deployment.yaml", "sidecar.yaml"})
    void shouldSayNothingThatKubernetesDoesNotKnow(String file) throws Exception {
        // Given
        List<JsonNode> documents = documents(file);
        assertThat(documents).hasSize(2);

        for (JsonNode document : documents) {
            // When, Then
            validate(document);
            ObjectNode wrong = document.deepCopy();
            wrong.put("speck", 1);
            assertThatThrownBy(() -> validate(wrong)).hasMessageContaining("speck");
        }
        JsonNode deployment = document(file, "Deployment").deepCopy();
        ((ObjectNode) temper(deployment.at("/spec/template/spec")).path("startupProbe")).put("failureTreshold", 60);
        assertThatThrownBy(() -> validate(deployment)).hasMessageContaining("failureTreshold");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deployment.yaml", "sidecar.yaml"})
    void shouldNameOnlyWhatItHas(String file) throws Exception {
        // When
        JsonNode deployment = document(file, "Deployment");
        JsonNode secret = document(file, "Secret");

        // Then
        JsonNode pod = deployment.at("/spec/template/spec");
        JsonNode container = temper(pod);
        assertThat(deployment.at("/spec/template/metadata/labels"))
                .isEqualTo(deployment.at("/spec/selector/matchLabels"));
        assertThat(names(pod.path("volumes"))).containsAll(names(container.path("volumeMounts")));
        for (String probe : List.of("startup", "liveness", "readiness")) {
            JsonNode asked = container.path(probe + "Probe").path("httpGet");
            assertThat(asked.path("path").asText())
                    .isEqualTo(
                            Map.of("startup", "/startupz", "liveness", "/livez").getOrDefault(probe, "/readyz"));
            assertThat(names(container.path("ports")))
                    .contains(asked.path("port").asText());
        }
        String name = secret.at("/metadata/name").asText();
        assertThat(list(container.path("env")))
                .map(variable -> variable.at("/valueFrom/secretKeyRef"))
                .filteredOn(reference -> !reference.isMissingNode())
                .singleElement()
                .satisfies(reference -> {
                    assertThat(reference.path("name").asText()).isEqualTo(name);
                    assertThat(secret.path("stringData")
                                    .has(reference.path("key").asText()))
                            .isTrue();
                });
        assertThat(list(pod.path("volumes")))
                .map(volume -> volume.path("secret"))
                .filteredOn(volume -> !volume.isMissingNode())
                .singleElement()
                .satisfies(volume -> {
                    assertThat(volume.path("secretName").asText()).isEqualTo(name);
                    assertThat(secret.path("stringData")
                                    .has(volume.at("/items/0/key").asText()))
                            .isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"deployment.yaml", "sidecar.yaml"})
    void shouldHoldAConfigurationThatTemperTakes(String file) throws Exception {
        // Given
        JsonNode container = temper(document(file, "Deployment").at("/spec/template/spec"));
        String text =
                document(file, "Secret").path("stringData").path("temper.yaml").asText();

        // When
        SidecarConfig config = ConfigLoader.parse(file, text, Path.of("/etc/temper"));

        // Then
        assertThat(config.admin().port())
                .isEqualTo(container.at("/ports/0/containerPort").asInt());
        assertThat(names(container.path("env"))).contains(config.admin().tokenEnv());
        assertThat(list(container.path("volumeMounts")))
                .filteredOn(mount -> !mount.path("readOnly").asBoolean())
                .extracting(mount -> mount.path("mountPath").asText())
                .anyMatch(path ->
                        Path.of(String.valueOf(config.kafka().get("state.dir"))).startsWith(path));
        ImageFiles.areInTheImage(config.engine());
    }
}
