package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.app.Sidecar;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An engine that is stuck for one partition and well for the other. */
class BackPressureTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int EACH = 60;
    private static final int MAX_INBOX = 8;
    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(3);

    private static SidecarConfig config(Backbone backbone, Path folder) {
        String text = backbone.settings("limits: {max_inbox: " + MAX_INBOX + "}")
                .replace(
                        "schema_registry:",
                        "  consumer.max.poll.interval.ms: " + MAX_POLL_INTERVAL.toMillis() + "\nschema_registry:");
        return ConfigLoader.parse("test", text, folder);
    }

    private static void send(Backbone backbone) throws Exception {
        Serializer<PromptEvent> serializer = backbone.serde(PromptEvent.class).serializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < Backbone.PARTITIONS * EACH; i++) {
                PromptEvent prompt = PromptEvent.newBuilder()
                        .setMessages(List.of(new Message(Role.USER, "prompt " + i)))
                        .build();
                byte[] key = ("conversation " + i).getBytes(UTF_8);
                byte[] value = serializer.serialize(Topics.PROMPTS, prompt);
                producer.send(new ProducerRecord<>(Topics.PROMPTS, i % Backbone.PARTITIONS, key, value));
            }
        }
    }

    /** How many of a partition's prompts have been taken in for good. */
    private static long takenIn(Admin admin, Backbone backbone, int partition) throws Exception {
        OffsetAndMetadata committed = admin.listConsumerGroupOffsets(backbone.application())
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition(Topics.PROMPTS, partition));
        return committed == null ? 0 : committed.offset();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveInTheTopicWhatDoesNotFitTheInboxAndStayInTheGroup(BrokerKind kind, @TempDir Path folder)
            throws Exception {
        try (Backbone backbone = Backbone.steady(kind, folder).withTopics();
                GatedEngine engine = new GatedEngine(id -> id.startsWith(Topics.PROMPTS + "-0@"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", backbone.bootstrapServers()))) {
            // Given
            send(backbone);

            // When
            try (Sidecar sidecar = Sidecar.start(config(backbone, folder), engine)) {
                await().atMost(PATIENCE).until(() -> takenIn(admin, backbone, 0) > MAX_INBOX / 2);
                await().atMost(PATIENCE)
                        .during(MAX_POLL_INTERVAL.multipliedBy(2))
                        .until(() -> takenIn(admin, backbone, 0) <= MAX_INBOX
                                && sidecar.state() == KafkaStreams.State.RUNNING);
                await("the other partition of the same thread is not held up")
                        .atMost(PATIENCE)
                        .until(() -> backbone.count(Topics.RESULTS) == EACH);
                engine.open();
                await().atMost(PATIENCE).until(() -> backbone.count(Topics.RESULTS) >= 2 * EACH);
            }

            // Then
            var results = backbone.serde(ResultEvent.class).deserializer();
            assertThat(backbone.committed(Topics.RESULTS, Duration.ofSeconds(1)))
                    .extracting(record ->
                            results.deserialize(Topics.RESULTS, record.value()).getSource())
                    .hasSize(2 * EACH)
                    .doesNotHaveDuplicates();
        }
    }
}
