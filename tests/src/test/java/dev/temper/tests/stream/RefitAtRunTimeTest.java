package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.app.EngineFactory;
import dev.temper.app.Operations;
import dev.temper.app.Sidecar;
import dev.temper.app.cli.Temper;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.Assessment;
import dev.temper.schemas.event.FinishReason;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Generation;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.event.StageTimings;
import dev.temper.schemas.event.TokenTrace;
import dev.temper.schemas.event.TokenUsage;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.training.subspace.StatisticsFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reviewers' verdicts, fed back into a running sidecar by the command line: a real, tiny model behind a real broker. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class RefitAtRunTimeTest {
    private static final Path MODEL = Path.of("../model-runtime/src/test/resources/goldens/models/llama32")
            .toAbsolutePath()
            .normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern VERSION =
            Pattern.compile("Published version ([0-9a-f]{16}) of toxicity, sha256 (\\w+)");
    private static final List<String> NEUTRAL = List.of("the", "train", "was", "late", "today", "and", "cold", "we");

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();
    private final Random random = new Random(5);
    private Backbone backbone;
    private KafkaProducer<byte[], byte[]> producer;
    private Path base;
    private Path judges;
    private int prompts;

    private void start(BrokerKind kind) throws Exception {
        backbone = Backbone.steady(kind, folder).withTopics();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        base = folder.resolve("toxicity.subspace.json");
        judges = texts("judges.jsonl", 400);
        Files.writeString(folder.resolve("temper.yaml"), backbone.settings("""
                engine:
                  model: %s
                  context_length: 96
                  decoding: {max_new_tokens: 8, temperature: 0}
                  subspaces: {toxicity: {file: %s, beta: 2}}
                """.formatted(MODEL, base)));
    }

    @AfterEach
    void stop() {
        if (backbone != null) { // else skipped: there is no such broker here
            producer.close();
            backbone.close();
        }
    }

    /** Every other one toxic. */
    private String text(boolean toxic) {
        List<String> words = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            words.add(NEUTRAL.get(random.nextInt(NEUTRAL.size())));
        }
        words.add(toxic ? "stupid" : "lovely");
        return String.join(" ", words);
    }

    private Path texts(String name, int rows) throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            lines.add("{\"id\":\"t%d\",\"text\":\"%s\",\"label\":%d}".formatted(i, text(i % 2 == 1), i % 2));
        }
        return Files.write(folder.resolve(name), lines);
    }

    private int temper(String... arguments) {
        PrintWriter out = new PrintWriter(said, true);
        return Temper.commandLine().setOut(out).setErr(out).execute(arguments);
    }

    private String config() {
        return folder.resolve("temper.yaml").toString();
    }

    private int refit(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("refit-subspace", "--config", config(), "--held-out", judges.toString(), "--threads", "1"));
        arguments.addAll(List.of(more));
        return temper(arguments.toArray(String[]::new));
    }

    private <T extends SpecificRecord> void write(String topic, String key, Class<T> type, T event) {
        write(topic, key, backbone.serde(type).serializer().serialize(topic, event));
    }

    private void write(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
        producer.flush();
    }

    /** A flagged answer, and what a reviewer says of it, first something else. */
    private void review(String id, String text, ReviewVerdict verdict) {
        write(Topics.FLAGGED, "conversation " + id, FlaggedEvent.class, flagged(id, text));
        write(Topics.VERDICTS, id, VerdictEvent.class, verdict(id, ReviewVerdict.UNSURE));
        write(Topics.VERDICTS, id, VerdictEvent.class, verdict(id, verdict));
    }

    private static VerdictEvent verdict(String flaggedId, ReviewVerdict verdict) {
        return VerdictEvent.newBuilder()
                .setEventId("v-" + flaggedId)
                .setFlaggedEventId(flaggedId)
                .setResultEventId("r-" + flaggedId)
                .setPromptId("p-" + flaggedId)
                .setVerdict(verdict)
                .setDecidedAt(Instant.parse("2026-11-21T12:00:00Z"))
                .build();
    }

    private static FlaggedEvent flagged(String id, String text) {
        return FlaggedEvent.newBuilder()
                .setEventId(id)
                .setResultEventId("r-" + id)
                .setPromptId("p-" + id)
                .setSource(new SourceCoordinates(Topics.PROMPTS, 0, 0L))
                .setMessages(List.of(new Message(Role.USER, "What do you think?")))
                .setText(text)
                .setAssessment(Assessment.newBuilder()
                        .setAction(Action.AUDIT)
                        .setSeverity(2)
                        .setPolicyVersion("v")
                        .setScorerId("s")
                        .setScorerHash("0")
                        .build())
                .setGeneration(Generation.newBuilder()
                        .setModelId("m")
                        .setModelHash("0")
                        .setParameters(GenerationParameters.newBuilder()
                                .setMaxNewTokens(1)
                                .setTemperature(0)
                                .setSeed(0)
                                .build())
                        .setUsage(new TokenUsage(0, 0, 0, 0, 0L, 0, 0.0))
                        .setFinishReason(FinishReason.LENGTH)
                        .setTimings(new StageTimings(0.0, 0.0, 0.0, 0.0, 0.0))
                        .build())
                .setTrace(TokenTrace.newBuilder().build())
                .setCompletedAt(Instant.EPOCH)
                .build();
    }

    private String ask() {
        String id = "prompt-" + prompts++;
        PromptEvent prompt = PromptEvent.newBuilder()
                .setId(id)
                .setMessages(List.of(new Message(Role.USER, "Was the train late?")))
                .setParameters(RequestedParameters.newBuilder().setSeed(1L).build())
                .build();
        write(Topics.PROMPTS, id, PromptEvent.class, prompt);
        return id;
    }

    /** What guided the answer to a prompt. */
    private String guideOf(String promptId) {
        var deserializer = backbone.serde(ResultEvent.class).deserializer();
        return await().atMost(PATIENCE)
                .until(
                        () -> backbone.committed(Topics.RESULTS, Duration.ofMillis(300)).stream()
                                .map(record -> deserializer.deserialize(Topics.RESULTS, record.value()))
                                .filter(result -> result.getPromptId().equals(promptId))
                                .map(result -> String.valueOf(result.getGeneration()
                                        .getSubspaceHashes()
                                        .get("toxicity")))
                                .findFirst()
                                .orElse(""),
                        hash -> !hash.isEmpty());
    }

    private void awaitInForce(Operations operations, String version) {
        String sample = "moderation_subspace{subspace=\"toxicity\",version=\"" + version + "\"} 1.0";
        await().atMost(PATIENCE).until(() -> operations.meters().scrape().contains(sample));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGuideTheNextAnswerByWhatReviewersSaidAndTheOneInFlightByWhatItBeganWith(BrokerKind kind)
            throws Exception {
        // Given: a subspace of few rows, and a sidecar with an answer in flight
        start(kind);
        assertThat(temper(
                        "fit-subspace",
                        "--model",
                        MODEL.toString(),
                        "--data",
                        texts("few.jsonl", 16).toString(),
                        "--out",
                        base.toString(),
                        "--max-tokens",
                        "64",
                        "--threads",
                        "1"))
                .as(said.toString())
                .isZero();
        String configured = SubspaceFile.hash(base);
        SidecarConfig config = ConfigLoader.load(Path.of(config()));
        String version;
        String hash;
        try (HeldEngine engine = new HeldEngine(EngineFactory.load(config, LoadProgress.SILENT));
                Operations operations = Operations.hidden();
                Sidecar sidecar = Sidecar.start(config, engine, operations)) {
            String inFlight = ask();
            engine.awaitHeld();
            for (int i = 0; i < 60; i++) {
                review("good-" + i, text(i % 2 == 1), i % 2 == 1 ? ReviewVerdict.TOXIC : ReviewVerdict.NOT_TOXIC);
            }
            write(Topics.VERDICTS, "good-1", new byte[] {1, 2, 3});
            write(Topics.VERDICTS, "another", VerdictEvent.class, verdict("good-2", ReviewVerdict.UNSURE));
            write(Topics.VERDICTS, "gone", VerdictEvent.class, verdict("gone", ReviewVerdict.TOXIC));
            write(Topics.VERDICTS, "unsure", VerdictEvent.class, verdict("unsure", ReviewVerdict.UNSURE));
            write(Topics.FLAGGED, "poison", new byte[] {9});
            write(Topics.SUBSPACES, "toxicity/poison", new byte[] {9});

            // When
            int rehearsed = refit("--dry-run");
            int published = refit();
            int again = refit();

            // Then
            assertThat(rehearsed + published + again).as(said.toString()).isZero();
            assertThat(said.toString())
                    .contains("Verdicts: 60 of flagged answers that are there")
                    .contains("besides 1 unsure, 1 whose flagged event is gone, 3 unreadable records")
                    .contains("would be published; nothing was done")
                    .contains("is in force already; nothing was done");
            Matcher line = VERSION.matcher(said.toString());
            assertThat(line.find()).isTrue();
            version = line.group(1);
            hash = line.group(2);
            assertThat(line.find()).as("published once").isFalse();
            awaitInForce(operations, version);
            engine.letGo();
            assertThat(guideOf(inFlight)).isEqualTo(configured);
            assertThat(guideOf(ask())).isEqualTo(hash).isNotEqualTo(configured);
            assertThat(operations.meters().scrape())
                    .contains("moderation_subspaces_refused_total{cause=\"unreadable\"} 1.0");

            // When: a base in which these verdicts are for good
            Path folded = folder.resolve("folded.subspace.json");
            int written = refit("--out", folded.toString());

            // Then
            assertThat(written).as(said.toString()).isZero();
            assertThat(SubspaceFile.hash(folded)).isNotEqualTo(configured);
            assertThat(StatisticsFile.read(
                                    StatisticsFile.beside(folded),
                                    ModelFolder.open(MODEL).weightsHash())
                            .verdicts())
                    .hasSizeBetween(40, 59) // some judge
                    .containsEntry("good-0", false)
                    .containsEntry("good-1", true);

            // When: verdicts that turn the labels round
            for (int i = 0; i < 60; i++) {
                review("bad-" + i, text(i % 2 == 0), i % 2 == 1 ? ReviewVerdict.TOXIC : ReviewVerdict.NOT_TOXIC);
            }
            int worse = refit("--weight", "50");

            // Then
            assertThat(worse).as(said.toString()).isEqualTo(Temper.EXIT_CHECK_FAILED);
            assertThat(said.toString()).contains("Refused: it separates held-out rows worse");
            assertThat(sidecar.state().isRunningOrRebalancing()).isTrue();
        }

        // When
        try (GenerationEngine engine = EngineFactory.load(config, LoadProgress.SILENT);
                Operations operations = Operations.hidden();
                Sidecar restarted = Sidecar.start(config, engine, operations)) {
            String first = guideOf(ask());
            int listed = temper("subspaces", "list", "--config", config());
            int back = temper("subspaces", "use", "toxicity", "configured", "--config", config());
            awaitInForce(operations, "configured");
            String after = guideOf(ask());

            // Then
            assertThat(restarted.state().isRunningOrRebalancing()).isTrue();
            assertThat(first).isEqualTo(hash);
            assertThat(listed).isEqualTo(Temper.EXIT_CHECK_FAILED);
            assertThat(back).isZero();
            assertThat(after).isEqualTo(configured);
            assertThat(said.toString())
                    .contains("in force    toxicity: version " + version)
                    .contains("INVALID     offset 0: the value is no SubspaceEvent")
                    .contains("withdrawn toxicity/" + version);
        }
    }
}
