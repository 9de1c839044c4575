package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.app.cli.Temper;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code temper run} as a process of its own, with the shipped model, told to stop in the middle of its work. */
class RunCommandTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path MODEL =
            Path.of("../models/chat-base").toAbsolutePath().normalize();
    private static final String SECRET = "xylophone";
    /** Sent before each of the two starts; more than the first run answers before it is told to stop, on most machines. */
    private static final int PROMPTS = 60;
    /** 128 + SIGTERM: what a shell reports of a process that ended in order after the signal. */
    private static final int TERMINATED = 143;

    private static Process run(Path config, File log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Temper.class.getName(),
                "run",
                "--config",
                config.toString());
        builder.environment().put("TEMPER_LOG_LEVEL", "DEBUG");
        builder.environment().put("RUST_FLAVOR", "cpu");
        builder.environment().put("TOKEN", "a-token-of-many-characters");
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private static void send(Backbone backbone) throws Exception {
        var serializer = backbone.serde(PromptEvent.class).serializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < PROMPTS; i++) {
                PromptEvent prompt = PromptEvent.newBuilder()
                        .setMessages(List.of(new Message(Role.USER, SECRET + " number " + i)))
                        .build();
                byte[] key = ("conversation " + i % 3).getBytes(UTF_8);
                producer.send(new ProducerRecord<>(Topics.PROMPTS, key, serializer.serialize(Topics.PROMPTS, prompt)))
                        .get();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldStopInOrderOnSigtermGoOnAfterwardsAndNeverLogAPrompt(BrokerKind kind, @TempDir Path folder)
            throws Exception {
        // Given
        File log = folder.resolve("run.log").toFile();
        try (Backbone backbone = Backbone.steady(kind, folder).withTopics()) {
            Path config = Files.writeString(folder.resolve("temper.yaml"), backbone.settings("""
                            engine:
                              model: %s
                              max_batch: 2
                              context_length: 128
                              decoding: {max_new_tokens: 24}
                            admin: {address: 0.0.0.0, port: 0, token_env: TOKEN}
                            """.formatted(MODEL)));
            send(backbone);
            Process first = run(config, log);
            Process second = null;
            try {
                await().atMost(PATIENCE).until(() -> backbone.count(Topics.RESULTS) >= 3 || !first.isAlive());

                // When
                first.destroy();
                boolean ended = first.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                long answeredByTheFirst = backbone.count(Topics.RESULTS);
                send(backbone);
                second = run(config, log);
                Process running = second;
                await().atMost(PATIENCE)
                        .until(() -> backbone.count(Topics.RESULTS) >= 2 * PROMPTS || !running.isAlive());

                // Then
                assertThat(ended).isTrue();
                assertThat(first.exitValue()).as(Files.readString(log.toPath())).isEqualTo(TERMINATED);
                assertThat(answeredByTheFirst).isGreaterThanOrEqualTo(3);
            } finally {
                first.destroyForcibly();
                if (second != null) {
                    second.destroyForcibly().waitFor();
                }
            }
            var results = backbone.serde(ResultEvent.class).deserializer();
            assertThat(backbone.committed(Topics.RESULTS, Duration.ofSeconds(2)))
                    .extracting(record ->
                            results.deserialize(Topics.RESULTS, record.value()).getSource())
                    .hasSize(2 * PROMPTS)
                    .doesNotHaveDuplicates();
            assertThat(Files.readString(log.toPath()))
                    .contains("temper: running")
                    .containsPattern(
                            "temper: the moderation page is http://localhost:\\d+/moderation/, and on this machine's")
                    .doesNotContain(SECRET);
        }
    }
}
