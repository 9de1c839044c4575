package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.temper.app.Sidecar;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.SourceCoordinates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One sidecar whose only broker, embedded or in a container, goes away for longer than its producer is patient; restarts and
 * outages of the registry are the chaos suite's.
 */
class ExactlyOnceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int CONVERSATIONS = 17;

    private final Random random = new Random(11);
    private final Map<SourceCoordinates, Boolean> sent = new HashMap<>();

    /** Sends prompts of which one in five cannot be read, and remembers where each went. */
    private void send(Backbone backbone, KafkaProducer<byte[], byte[]> producer, int count) throws Exception {
        Serializer<PromptEvent> serializer = backbone.serde(PromptEvent.class).serializer();
        for (int i = 0; i < count; i++) {
            PromptEvent prompt = PromptEvent.newBuilder()
                    .setMessages(List.of(new Message(Role.USER, "prompt " + i)))
                    .build();
            byte[] value = serializer.serialize(Topics.PROMPTS, prompt);
            boolean poisoned = random.nextInt(5) == 0;
            if (poisoned) {
                value[0] = 1; // no wire format, so nobody needs the registry to know
            }
            remember(producer, value, !poisoned);
        }
    }

    private void remember(KafkaProducer<byte[], byte[]> producer, byte[] value, boolean good) throws Exception {
        byte[] key = ("conversation " + random.nextInt(CONVERSATIONS)).getBytes(UTF_8);
        var at = producer.send(new ProducerRecord<>(Topics.PROMPTS, key, value)).get();
        sent.put(new SourceCoordinates(at.topic(), at.partition(), at.offset()), good);
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerEveryPromptOnceThroughAnOutageOfTheBroker(BrokerKind kind, @TempDir Path folder) throws Exception {
        try (Backbone backbone = Backbone.own(kind, folder).withTopics();
                PacedEngine engine = new PacedEngine(6);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", backbone.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            // Given
            send(backbone, producer, 300);
            Sidecar sidecar = backbone.startSidecar(engine);
            await().atMost(PATIENCE).until(() -> backbone.count(Topics.RESULTS) > 20);

            // When
            backbone.interruptBroker(Duration.ofSeconds(6));
            send(backbone, producer, 50);
            await().atMost(PATIENCE)
                    .until(() -> backbone.count(Topics.RESULTS) + backbone.count(Topics.REJECTS) >= sent.size());
            KafkaStreams.State atTheEnd = sidecar.state();
            sidecar.close();

            // Then
            assertThat(atTheEnd).isEqualTo(KafkaStreams.State.RUNNING);
            requireOneOutcomeEach(backbone);
        }
    }

    private void requireOneOutcomeEach(Backbone backbone) {
        Duration quiet = Duration.ofSeconds(2);
        List<SourceCoordinates> answered = new ArrayList<>();
        Set<String> toBeFlagged = new HashSet<>();
        Map<String, Long> last = new HashMap<>();
        var results = backbone.serde(ResultEvent.class).deserializer();
        for (ConsumerRecord<byte[], byte[]> record : backbone.committed(Topics.RESULTS, quiet)) {
            ResultEvent result = results.deserialize(Topics.RESULTS, record.value());
            answered.add(result.getSource());
            Long before =
                    last.put(result.getConversationKey(), result.getSource().getOffset());
            assertThat(before == null || before < result.getSource().getOffset())
                    .as("results of one conversation are in order")
                    .isTrue();
            long seed = result.getGeneration().getParameters().getSeed();
            assertThat(result.getTextIsRefusal()).isEqualTo(PacedEngine.isToxic(seed));
            if (result.getFlagged()) {
                toBeFlagged.add(result.getEventId());
            } else {
                assertThat(result.getText()).startsWith("answer " + Long.toHexString(seed));
            }
        }
        List<SourceCoordinates> rejected = new ArrayList<>();
        var rejects = backbone.serde(RejectEvent.class).deserializer();
        for (ConsumerRecord<byte[], byte[]> record : backbone.committed(Topics.REJECTS, quiet)) {
            RejectEvent reject = RejectHeaders.read(record.headers(), Topics.REJECTS, rejects)
                    .orElseThrow();
            assertThat(reject.getReason()).isEqualTo(RejectReason.UNREADABLE_RECORD);
            rejected.add(reject.getSource());
        }
        List<String> flagged = new ArrayList<>();
        var flags = backbone.serde(FlaggedEvent.class).deserializer();
        for (ConsumerRecord<byte[], byte[]> record : backbone.committed(Topics.FLAGGED, quiet)) {
            flagged.add(flags.deserialize(Topics.FLAGGED, record.value()).getResultEventId());
        }
        assertThat(answered).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sentThatAre(true));
        assertThat(rejected).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sentThatAre(false));
        assertThat(flagged).isNotEmpty().containsExactlyInAnyOrderElementsOf(toBeFlagged);
    }

    private List<SourceCoordinates> sentThatAre(boolean good) {
        return sent.entrySet().stream()
                .filter(entry -> entry.getValue() == good)
                .map(Map.Entry::getKey)
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseToStartWithoutWhatItNeedsAndSayWhatToDo(BrokerKind kind, @TempDir Path folder) throws Exception {
        try (Backbone backbone = Backbone.steady(kind, folder).withTopics();
                PacedEngine engine = new PacedEngine(1)) {
            assertThatThrownBy(() -> Sidecar.start(backbone.config("topics: {flagged: nowhere}"), engine))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("topic nowhere: does not exist; create it: temper topics create");
            assertThatThrownBy(() -> Sidecar.start(backbone.config("limits: {max_record_bytes: 5000000}"), engine))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("raise the topic's max.message.bytes");
            backbone.stopRegistry();
            assertThatThrownBy(() -> Sidecar.start(backbone.config(""), engine))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("schema_registry: ");
        }
    }
}
