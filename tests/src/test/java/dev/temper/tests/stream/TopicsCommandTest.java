package dev.temper.tests.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.cli.Temper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The commands that make and check topics. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@ParameterizedClass
@EnumSource
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicsCommandTest {
    @TempDir
    static Path folder;

    @Parameter
    BrokerKind kind;

    private Cluster broker;
    private Admin admin;
    private boolean started;
    private StringWriter out;

    @BeforeEach
    void start() {
        out = new StringWriter();
        if (started) {
            return;
        }
        broker = kind.steady(folder.resolve(kind.name()));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        started = true;
    }

    @AfterParameterizedClassInvocation
    void stop() {
        if (started) {
            admin.close();
            broker.close();
            started = false;
        }
    }

    /** A configuration whose topics, and whose service, begin with this name. */
    private Path config(String name, String provisioning) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".yaml"), """
                kafka: {bootstrap.servers: '%s', application.id: %2$s}
                schema_registry: {schema.registry.url: 'http://none'}
                topics:
                  {prompts: %2$s.p, results: %2$s.r, flagged: %2$s.f, rejects: %2$s.j, policies: %2$s.y,
                  verdicts: %2$s.v, subspaces: %2$s.s}
                provisioning: {%3$s}
                """.formatted(broker.bootstrapServers(), name, provisioning));
    }

    private int temper(String... arguments) {
        return Temper.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments);
    }

    private void create(String name, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                .all()
                .get();
        // The controller has made it; where the machine is busy, the broker hears of it later.
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> admin.listTopics().names().get().contains(name));
    }

    @Test
    void shouldOnlySayWhatIsMissingInADryRun() throws Exception {
        // Given
        Path config = config("dry", "partitions: 3");

        // When
        int code = temper("topics", "create", "--dry-run", "--config", config.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString().lines())
                .hasSize(7)
                .allMatch(line -> line.startsWith("missing dry."))
                .first()
                .asString()
                .contains("3 partition(s)");
        assertThat(admin.listTopics().names().get()).noneMatch(topic -> topic.startsWith("dry."));
    }

    @Test
    void shouldCreateWhatIsMissingAsTheConfigurationSaysAndFindItFit() throws Exception {
        // Given
        Path config = config("made", "partitions: 3, replication_factor: 1, retention_ms: 1000000");
        create("made.r", 3, Map.of());

        // When
        int code = temper("topics", "create", "--config", config.toString());

        // Then
        assertThat(code).as(out.toString()).isZero();
        assertThat(out.toString()).contains("exists  made.r", "created made.p", "ok    topic made.y: 1 partition(s)");
        Map<String, TopicDescription> topics = admin.describeTopics(Set.of("made.p", "made.v", "made.y", "made.s"))
                .allTopicNames()
                .get();
        assertThat(topics.get("made.p").partitions()).hasSize(3);
        assertThat(topics.get("made.y").partitions()).hasSize(1);
        assertThat(topics.get("made.v").partitions()).hasSize(3);
        assertThat(topics.get("made.s").partitions()).hasSize(1);
        assertThat(setting("made.p", "retention.ms")).isEqualTo("1000000");
        assertThat(setting("made.p", "cleanup.policy")).isEqualTo("delete");
        assertThat(setting("made.y", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("made.v", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("made.s", "cleanup.policy")).isEqualTo("compact");
    }

    private String setting(String topic, String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(key)
                .value();
    }

    @Test
    void shouldSayWhatIsWrongWithTopicsThatAreThere() throws Exception {
        // Given
        Path config = config("bad", "");
        create("bad.p", 4, Map.of("cleanup.policy", "compact"));
        create("bad.r", 2, Map.of());
        create("bad.f", 4, Map.of("max.message.bytes", "1000"));
        create("bad.y", 2, Map.of());
        create("bad.v", 3, Map.of());
        create("bad.s", 3, Map.of("cleanup.policy", "compact"));
        create("bad-inbox-changelog", 2, Map.of("cleanup.policy", "compact"));

        // When
        int code = temper("topics", "check", "--config", config.toString());

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains(
                        "WRONG topic bad.p: has cleanup.policy=compact, which keeps only the newest record",
                        "WRONG topic bad.r: has 2 partitions and bad.p has 4",
                        "WRONG topic bad.f: takes records of up to 1000 bytes",
                        "WRONG topic bad.j: does not exist; create it: temper topics create --config FILE",
                        "WRONG topic bad.y: has 2 partitions, so its records have no one order",
                        "and it has cleanup.policy=delete, and would forget the newest record of a key",
                        "WRONG topic bad.v: has cleanup.policy=delete, and would forget",
                        "WRONG topic bad.s: has 3 partitions, so its records have no one order",
                        "WRONG topic bad-inbox-changelog: has 2 partitions and bad.p has 4");
    }

    @Test
    void shouldSayThatTheClusterIsAway() throws Exception {
        // Given
        Path config = Files.writeString(folder.resolve("away.yaml"), """
                kafka: {bootstrap.servers: '127.0.0.1:1', request.timeout.ms: 300, default.api.timeout.ms: 300}
                schema_registry: {schema.registry.url: 'http://none'}
                """);

        // When
        int code = temper("topics", "create", "--config", config.toString());

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).contains("no broker answers at 127.0.0.1:1");
    }
}
