package dev.temper.app.moderation.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.topology.LocalAvroSerde;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.Assessment;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Generation;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.event.Stage;
import dev.temper.schemas.event.StageTimings;
import dev.temper.schemas.event.TokenTrace;
import dev.temper.schemas.event.TokenUsage;
import dev.temper.schemas.event.VerdictEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.test.TestRecord;

/** The page's memory without a broker: one partition, and a clock that stands still until it is moved. */
final class PageHarness implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    private static final String CONFIG =
            "kafka: {bootstrap.servers: 'none:1'}\nschema_registry: {schema.registry.url: 'http://none'}\n";
    private static final SourceCoordinates SOURCE = new SourceCoordinates(Topics.PROMPTS, 0, 0L);

    final Intake intake = new Intake(PageHarness::events);
    private final Path state;
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> results;
    private final TestInputTopic<byte[], byte[]> flagged;
    private final TestInputTopic<byte[], byte[]> rejects;

    PageHarness(Path folder, String more) {
        SidecarConfig config = ConfigLoader.parse("test", CONFIG + more, folder);
        StreamsBuilder builder = new StreamsBuilder();
        PageTopology.build(builder, config, intake);
        Properties properties = new Properties();
        properties.putAll(config.streamsProperties());
        state = Path.of(properties.getProperty(StreamsConfig.STATE_DIR_CONFIG));
        driver = new TopologyTestDriver(builder.build(), properties, NOW);
        results = input(Topics.RESULTS);
        flagged = input(Topics.FLAGGED);
        rejects = input(Topics.REJECTS);
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Events events() {
        Deserializer<?> any = serde().deserializer();
        return new Events(
                Map.of(
                        ResultEvent.class, any,
                        FlaggedEvent.class, any,
                        RejectEvent.class, any,
                        VerdictEvent.class, any),
                new LocalAvroSerde<VerdictEvent>(new AtomicBoolean()).serializer());
    }

    private static LocalAvroSerde<SpecificRecord> serde() {
        return new LocalAvroSerde<>(new AtomicBoolean());
    }

    static ResultEvent result(String tenant, Instant at, double seconds, boolean flagged, CategoryScore... scores) {
        return ResultEvent.newBuilder()
                .setEventId("r")
                .setPromptId("p")
                .setTenant(tenant)
                .setSource(SOURCE)
                .setText("")
                .setFlagged(flagged)
                .setAssessment(assessment(flagged, scores))
                .setGeneration(generation(seconds))
                .setCompletedAt(at)
                .build();
    }

    static FlaggedEvent flagged(String id, Instant at, String text) {
        return FlaggedEvent.newBuilder()
                .setEventId(id)
                .setResultEventId("r")
                .setPromptId("p")
                .setSource(SOURCE)
                .setText(text)
                .setAssessment(assessment(true, new CategoryScore("toxicity", 0.9, 0.5, true, 4)))
                .setGeneration(generation(0.1))
                .setTrace(TokenTrace.newBuilder()
                        .setTokenTexts(List.of("a", "b"))
                        .setMargins(Map.of("toxicity", List.of(Double.NaN, 1.0)))
                        .build())
                .setCompletedAt(at)
                .build();
    }

    private static Assessment assessment(boolean flagged, CategoryScore... scores) {
        return Assessment.newBuilder()
                .setAction(flagged ? Action.BLOCK : Action.ALLOW)
                .setSeverity(flagged ? 4 : 0)
                .setScores(List.of(scores))
                .setPolicyVersion("v")
                .build();
    }

    private static Generation generation(double seconds) {
        return Generation.newBuilder()
                .setModelId("m")
                .setModelHash("h")
                .setParameters(GenerationParameters.newBuilder()
                        .setMaxNewTokens(1)
                        .setTemperature(1)
                        .setSeed(1L)
                        .build())
                .setUsage(TokenUsage.newBuilder()
                        .setPromptTokens(1)
                        .setOutputTokens(1)
                        .build())
                .setTimings(StageTimings.newBuilder().setTotalSeconds(seconds).build())
                .build();
    }

    void send(ResultEvent event) {
        results.pipeInput(serde().serializer().serialize(Topics.RESULTS, event));
    }

    void send(FlaggedEvent event) {
        flagged.pipeInput(serde().serializer().serialize(Topics.FLAGGED, event));
    }

    void reject(String tenant, RejectReason reason, Instant at) {
        RejectEvent event = RejectEvent.newBuilder()
                .setEventId("x")
                .setTenant(tenant)
                .setSource(SOURCE)
                .setReason(reason)
                .setDetail("d")
                .setStage(Stage.VALIDATION)
                .setRejectedAt(at)
                .build();
        RecordHeaders headers = new RecordHeaders();
        RejectHeaders.write(
                headers,
                Topics.REJECTS,
                event,
                new LocalAvroSerde<RejectEvent>(new AtomicBoolean()).serializer(),
                null);
        rejects.pipeInput(new TestRecord<>(null, "anything".getBytes(UTF_8), headers));
    }

    /** A result's record that cannot be read. */
    void sendGarbage() {
        results.pipeInput("no event".getBytes(UTF_8));
    }

    void pass(Duration time) {
        driver.advanceWallClockTime(time);
    }

    WindowStore<String, Counts> counts(String store) {
        return driver.getWindowStore(store);
    }

    /** How many segments of a window store are on the disk. */
    long segments(String store) throws IOException {
        PathMatcher segment = state.getFileSystem().getPathMatcher("glob:**/" + store + "/" + store + ".*");
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(segment::matches).count();
        }
    }

    KeyValueStore<Position, byte[]> queue() {
        return driver.getKeyValueStore(PageTopology.QUEUE);
    }

    KeyValueStore<String, byte[]> items() {
        return driver.getKeyValueStore(PageTopology.ITEMS);
    }

    @Override
    public void close() {
        driver.close();
    }
}
