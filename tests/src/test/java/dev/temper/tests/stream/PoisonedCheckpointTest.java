package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.app.EngineFactory;
import dev.temper.app.Sidecar;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped model and scorer with damaged weights, in the real engine, behind a real broker. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class PoisonedCheckpointTest {
    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String POISON = "Ω";

    @TempDir
    private Path folder;

    private Backbone backbone;
    private int answered;
    private int rejected;

    private void start(BrokerKind kind) throws Exception {
        backbone = Backbone.steady(kind, folder.resolve("servers")).withTopics();
    }

    @AfterEach
    void stop() {
        if (backbone != null) { // else skipped: there is no such broker here
            backbone.close();
        }
    }

    private SidecarConfig config(Path model, String more) {
        return backbone.config("""
                limits: {max_attempts: 2, retry_backoff_ms: 10, retry_max_backoff_ms: 10}
                engine:
                  model: %s
                  max_batch: 4
                  context_length: 128
                  decoding: {max_new_tokens: 12, top_k: 20}
                  %s
                """.formatted(model, more));
    }

    private static String good(int i) {
        return List.of("What is a river", "Tell me of the sea", "How do I bake bread")
                        .get(i % 3)
                + " please".repeat(i);
    }

    /** Prompts whose seeds do not follow from where they stand; three conversations. */
    private void send(List<String> ids, List<String> texts) throws Exception {
        var serializer = backbone.serde(PromptEvent.class).serializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < ids.size(); i++) {
                PromptEvent prompt = PromptEvent.newBuilder()
                        .setId(ids.get(i))
                        .setMessages(List.of(new Message(Role.USER, texts.get(i))))
                        .setParameters(RequestedParameters.newBuilder()
                                .setSeed((long) texts.get(i).hashCode())
                                .build())
                        .build();
                byte[] key = ("conversation " + i % 3).getBytes(UTF_8);
                producer.send(new ProducerRecord<>(Topics.PROMPTS, key, serializer.serialize(Topics.PROMPTS, prompt)));
            }
        }
    }

    private void awaitOutcomes(int results, int rejects) {
        answered += results;
        rejected += rejects;
        BooleanSupplier all =
                () -> backbone.count(Topics.RESULTS) >= answered && backbone.count(Topics.REJECTS) >= rejected;
        await().atMost(PATIENCE).until(all::getAsBoolean);
    }

    private Map<String, String> textsById() {
        var deserializer = backbone.serde(ResultEvent.class).deserializer();
        Map<String, String> texts = new TreeMap<>();
        backbone.committed(Topics.RESULTS, Duration.ofSeconds(1)).forEach(record -> {
            ResultEvent result = deserializer.deserialize(Topics.RESULTS, record.value());
            assertThat(texts.put(result.getPromptId(), result.getText()))
                    .as("one result each")
                    .isNull();
        });
        return texts;
    }

    private List<RejectEvent> rejects() {
        var deserializer = backbone.serde(RejectEvent.class).deserializer();
        return backbone.committed(Topics.REJECTS, Duration.ofSeconds(1)).stream()
                .map(record -> RejectHeaders.read(record.headers(), Topics.REJECTS, deserializer)
                        .orElseThrow())
                .toList();
    }

    private static Set<Integer> poisonTokens() {
        try (Tokenizer tokenizer = Tokenizer.load(MODELS.resolve("chat-base"))) {
            Set<Integer> tokens = new HashSet<>();
            Arrays.stream(tokenizer.encode(POISON, false)).forEach(tokens::add);
            return tokens;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRejectOnlyThePromptsOfWhichTheModelMakesNan(BrokerKind kind) throws Exception {
        // Given
        start(kind);
        Path model = DamagedCheckpoint.withoutEmbeddings(
                MODELS.resolve("chat-base"), folder.resolve("model"), poisonTokens());
        DamagedCheckpoint.adopt(model.resolve("toxicity.subspace.json"), model);
        SidecarConfig config = config(
                model, "subspaces: {toxicity: {file: " + model.resolve("toxicity.subspace.json") + ", beta: 2.0}}");
        List<String> texts =
                IntStream.range(0, 12).mapToObj(PoisonedCheckpointTest::good).toList();
        List<String> mixedIds = new ArrayList<>();
        List<String> mixedTexts = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            mixedIds.addAll(List.of("bad" + i, "mixed" + i));
            mixedTexts.addAll(List.of(texts.get(i) + POISON, texts.get(i)));
        }

        // When
        KafkaStreams.State atTheEnd;
        boolean ready;
        try (GenerationEngine engine = EngineFactory.load(config, LoadProgress.SILENT);
                Sidecar sidecar = Sidecar.start(config, engine)) {
            send(IntStream.range(0, 12).mapToObj(i -> "alone" + i).toList(), texts);
            awaitOutcomes(12, 0);
            send(mixedIds, mixedTexts);
            awaitOutcomes(12, 12);
            atTheEnd = sidecar.state();
            ready = sidecar.readiness().isReady();
        }

        // Then
        Map<String, String> answers = textsById();
        assertThat(answers).hasSize(24);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(answers.get("mixed" + i)).isNotEmpty().isEqualTo(answers.get("alone" + i));
        }
        requireRejects(12, Stage.GENERATION);
        assertThat(atTheEnd).isEqualTo(KafkaStreams.State.RUNNING);
        assertThat(ready).isTrue();
    }

    private void requireRejects(int count, Stage stage) {
        assertThat(rejects()).hasSize(count).allSatisfy(reject -> {
            assertThat(reject.getReason()).isEqualTo(RejectReason.NON_FINITE_LOGITS);
            assertThat(reject.getStage()).isEqualTo(stage);
            assertThat(reject.getAttempts()).isEqualTo(2);
            assertThat(reject.getDetail()).doesNotContain("river");
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldRejectEverythingWhileTheScorersWeightsAreInfinite(BrokerKind kind) throws Exception {
        // Given
        start(kind);
        Path scorer = DamagedCheckpoint.withInfinite(
                "score.weight", MODELS.resolve("toxicity-scorer"), folder.resolve("scorer"));
        SidecarConfig config = config(MODELS.resolve("chat-base"), "scorer: " + scorer);

        // When
        KafkaStreams.State atTheEnd;
        try (GenerationEngine engine = EngineFactory.load(config, LoadProgress.SILENT);
                Sidecar sidecar = Sidecar.start(config, engine)) {
            send(List.of("a", "b", "c"), List.of(good(0), good(1), good(2)));
            awaitOutcomes(0, 3);
            atTheEnd = sidecar.state();
        }

        // Then
        assertThat(textsById()).isEmpty();
        requireRejects(3, Stage.SCORING);
        assertThat(atTheEnd).isEqualTo(KafkaStreams.State.RUNNING);
    }
}
