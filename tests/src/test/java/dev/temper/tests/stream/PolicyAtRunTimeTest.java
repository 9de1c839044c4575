package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.app.Sidecar;
import dev.temper.app.cli.Temper;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SourceCoordinates;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Policies that the command line publishes while a sidecar runs, whatever else stands in their topic. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class PolicyAtRunTimeTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The word that every answer of the paced engine begins with. */
    private static final String BLOCKED = """
            version: v1
            refusal: Not that.
            default_rule: {threshold: 1, action: allow}
            blocklists: {all: {action: block, phrases: [ANSWER]}}
            """;

    private static final String AUDITED = """
            tenant: acme
            version: a1
            blocklists: {all: {action: audit, phrases: [answer]}}
            """;

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();
    private Backbone backbone;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> results;

    private void start(BrokerKind kind) throws Exception {
        backbone = Backbone.steady(kind, folder).withTopics();
        Files.writeString(folder.resolve("temper.yaml"), backbone.settings(""));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        results = new KafkaConsumer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = results.partitionsFor(Topics.RESULTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        results.assign(partitions);
        results.seekToBeginning(partitions);
    }

    @AfterEach
    void stop() {
        if (backbone != null) { // else skipped: there is no such broker here
            results.close();
            producer.close();
            backbone.close();
        }
    }

    private int temper(String command, String... arguments) {
        PrintWriter out = new PrintWriter(said, true);
        Stream<String> all = Stream.of(
                        Stream.of("policy", command),
                        Stream.of(arguments),
                        Stream.of("--config", folder.resolve("temper.yaml").toString()))
                .flatMap(part -> part);
        return Temper.commandLine().setOut(out).setErr(out).execute(all.toArray(String[]::new));
    }

    private int publish(String policy) throws IOException {
        return temper(
                "publish",
                Files.writeString(folder.resolve("policy.yaml"), policy).toString());
    }

    private RecordMetadata write(String topic, String key, byte[] value) throws Exception {
        return producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))
                .get();
    }

    /** The result of one more prompt. */
    private ResultEvent answerFor(String tenant) throws Exception {
        PromptEvent prompt =
                PromptEvent.newBuilder().setPrompt("hello").setTenant(tenant).build();
        byte[] value = backbone.serde(PromptEvent.class).serializer().serialize(Topics.PROMPTS, prompt);
        RecordMetadata at = write(Topics.PROMPTS, "one conversation", value);
        SourceCoordinates source = new SourceCoordinates(at.topic(), at.partition(), at.offset());
        var deserializer = backbone.serde(ResultEvent.class).deserializer();
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(
                        () -> {
                            for (ConsumerRecord<byte[], byte[]> record : results.poll(Duration.ofMillis(200))) {
                                ResultEvent result = deserializer.deserialize(Topics.RESULTS, record.value());
                                if (result.getSource().equals(source)) {
                                    return result;
                                }
                            }
                            return null;
                        },
                        Objects::nonNull);
    }

    private ResultEvent awaitAnswerBy(String version, String tenant) {
        return await().atMost(PATIENCE).until(() -> answerFor(tenant), result -> result.getAssessment()
                .getPolicyVersion()
                .equals(version));
    }

    private void loseTheDisk() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(".temper"))) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldJudgeTheNextAnswersByWhatWasPublishedAndStillAfterARestartWithoutADisk(BrokerKind kind)
            throws Exception {
        // Given
        start(kind);
        try (PacedEngine engine = new PacedEngine(4)) {
            try (Sidecar first = backbone.startSidecar(engine)) {
                ResultEvent before = answerFor("default");

                // When
                int published = publish(BLOCKED) + publish(AUDITED);
                ResultEvent blocked = awaitAnswerBy("v1", "default");
                ResultEvent audited = awaitAnswerBy("v1+a1", "acme");

                // Then
                assertThat(published).isZero();
                assertThat(first.state().isRunningOrRebalancing()).isTrue();
                assertThat(before.getAssessment().getScores())
                        .extracting(CategoryScore::getCategory)
                        .containsExactly("toxic");
                assertThat(blocked.getText()).isEqualTo("Not that.");
                assertThat(audited.getText()).startsWith("answer");
                assertThat(audited.getAssessment().getAction()).isEqualTo(Action.AUDIT);
                assertThat(audited.getAssessment().getScores())
                        .extracting(CategoryScore::getCategory)
                        .contains("blocklist:all");
            }

            // When
            write(Topics.POLICIES, "/v2", new byte[] {9, 9, 9});
            int taken = publish(BLOCKED.replace("Not that.", "Another text."));
            int again = publish(BLOCKED);
            int shown = temper("show");
            loseTheDisk();
            ResultEvent restarted;
            try (Sidecar second = backbone.startSidecar(engine)) {
                assertThat(second.state().isRunningOrRebalancing()).isTrue();
                restarted = answerFor("default");
            }

            // Then
            assertThat(restarted.getAssessment().getPolicyVersion()).isEqualTo("v1");
            assertThat(restarted.getTextIsRefusal()).isTrue();
            assertThat(taken).isEqualTo(2);
            assertThat(again).isZero();
            assertThat(shown).isEqualTo(1);
            assertThat(said.toString())
                    .contains("published everyone: version v1")
                    .contains("version v1 is published already, with another content")
                    .contains("is in force already; nothing was written")
                    .contains("in force    tenant acme: version a1")
                    .contains("INVALID     offset 2: the value is no PolicyEvent");
        }
    }
}
