package dev.temper.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.Sidecar;
import dev.temper.app.cli.Temper;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.tests.Requirement;
import dev.temper.tests.stream.Backbone;
import dev.temper.tests.stream.BrokerKind;
import dev.temper.tests.stream.PacedEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A chat backend that shares no code with us: Confluent's JavaScript client and KafkaJS. The sidecar runs as in production:
 * the command line makes topics and schemas, the service registers none. Not on a container: what is tried is the client and
 * the registry.
 */
class JavaScriptClientTest {
    private static final int CONVERSATIONS = 12;
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.678Z");
    /** Two writing systems, and characters beyond 16 bits. */
    private static final String TEXT = "grüße, 你好 \uD83C\uDF4F ";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private SidecarConfig config(Backbone backbone, RegistryServer.Reach registry) throws Exception {
        StringBuilder settings = new StringBuilder();
        new TreeMap<>(registry.settings()).forEach((key, value) -> settings.append("  ")
                .append(key)
                .append(": ")
                .append(value)
                .append('\n'));
        Path file =
                Files.writeString(folder.resolve("temper.yaml"), """
                kafka: {bootstrap.servers: '%s'}
                provisioning: {partitions: 2}
                schema_registry:
                  auto.register.schemas: false
                %s""".formatted(backbone.bootstrapServers(), settings));
        temper("topics", "create", file);
        temper("schemas", "register", file);
        return ConfigLoader.load(file);
    }

    private static void temper(String command, String part, Path config) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int code = Temper.commandLine().setOut(out).setErr(out).execute(command, part, "--config", config.toString());
        assertThat(code).as(said.toString()).isZero();
    }

    private static ObjectNode settings(Backbone backbone, SidecarConfig config, RegistryServer.Reach registry) {
        ObjectNode settings = JSON.createObjectNode()
                .put("prompts", config.topics().prompts())
                .put("results", config.topics().results())
                .put("flagged", config.topics().flagged())
                .put("createdAt", CREATED.toEpochMilli());
        settings.putArray("brokers").add(backbone.bootstrapServers());
        settings.putObject("registry")
                .put("url", registry.url())
                .put("userInfo", registry.userInfo().orElse(null));
        var conversations = settings.putArray("conversations");
        IntStream.range(0, CONVERSATIONS).forEach(i -> conversations
                .addObject()
                .put("id", "js-" + i)
                .put("text", TEXT + i)
                .put("traceparent", TRACE));
        settings.putArray("plain").add("once upon").add("a time");
        return settings;
    }

    @Test
    void shouldAnswerAClientThatNobodyHereWrote() throws Exception {
        Requirement.INTEROP.holds(NodeClient.missing());
        Requirement.INTEROP.holds(RegistryServer.APICURIO.missing());
        try (RegistryServer.Reach registry = RegistryServer.APICURIO.start(folder);
                Backbone backbone = Backbone.steady(BrokerKind.EMBEDDED, folder);
                PacedEngine engine = new PacedEngine(6, 12)) {
            // Given
            SidecarConfig config = config(backbone, registry);

            // When
            List<JsonNode> received;
            try (Sidecar sidecar = Sidecar.start(config, engine)) {
                assertThat(sidecar.state().isRunningOrRebalancing()).isTrue();
                received = NodeClient.run(settings(backbone, config, registry), folder);
            }

            // Then
            Map<String, JsonNode> results = byPrompt(received, config.topics().results());
            Map<String, JsonNode> flagged = byPrompt(received, config.topics().flagged());
            List<String> texts = new ArrayList<>(List.of("once upon", "a time"));
            IntStream.range(0, CONVERSATIONS).forEach(i -> texts.add(TEXT + i));
            assertThat(results).hasSize(texts.size());
            List<String> flaggedAsSaid = new ArrayList<>();
            results.forEach((prompt, result) -> {
                long seed = result.at("/generation/parameters/seed").asLong();
                boolean toxic = PacedEngine.isToxic(seed);
                assertThat(result.path("flagged").asBoolean()).isEqualTo(toxic);
                assertThat(result.at("/assessment/scores/0/score").asDouble()).isEqualTo(toxic ? 0.9 : 0.1);
                String answer =
                        (toxic ? flagged.get(prompt) : result).path("text").asText();
                assertThat(texts.stream().map(text -> PacedEngine.textOf(text, seed)))
                        .contains(answer);
                if (toxic) {
                    flaggedAsSaid.add(prompt);
                }
            });
            assertThat(flagged.keySet()).containsExactlyInAnyOrderElementsOf(flaggedAsSaid);
            IntStream.range(0, CONVERSATIONS).forEach(i -> {
                JsonNode result = results.get("js-" + i);
                assertThat(result.path("tenant").asText()).isEqualTo("js");
                assertThat(result.path("conversation_key").asText()).isEqualTo("conversation-" + i);
                assertThat(result.path("created_at").asLong()).isEqualTo(CREATED.toEpochMilli());
            });
            assertThat(received)
                    .filteredOn(line -> line.at("/event/prompt_id").asText().startsWith("js-"))
                    .allSatisfy(line ->
                            assertThat(line.at("/headers/traceparent").asText()).isEqualTo(TRACE));
        }
    }

    private static Map<String, JsonNode> byPrompt(List<JsonNode> received, String topic) {
        Map<String, JsonNode> events = new TreeMap<>();
        for (JsonNode line : received) {
            if (line.path("topic").asText().equals(topic)) {
                JsonNode event = line.path("event");
                assertThat(events.put(event.path("prompt_id").asText(), event)).isNull();
            }
        }
        return events;
    }
}
