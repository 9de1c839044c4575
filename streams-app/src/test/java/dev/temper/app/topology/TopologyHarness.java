package dev.temper.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.observe.Telemetry;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology without a broker, a registry or a model. Topic names are the default ones; there is one partition. */
final class TopologyHarness implements AutoCloseable {
    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private static final String CONFIG =
            "kafka: {bootstrap.servers: 'none:1'}\nschema_registry: {schema.registry.url: 'http://none'}\n";

    final ScriptedEngine engine = new ScriptedEngine();
    final AtomicBoolean registryAway = new AtomicBoolean();
    final LaneSettings settings;
    private final TopologyTestDriver driver;
    private boolean closed;
    private final TestInputTopic<byte[], byte[]> prompts;
    private final TestInputTopic<byte[], byte[]> policies;
    private final TestInputTopic<byte[], byte[]> subspaces;
    private final TestOutputTopic<byte[], byte[]> results;
    private final TestOutputTopic<byte[], byte[]> flagged;
    private final TestOutputTopic<byte[], byte[]> rejects;

    TopologyHarness(Path folder, String moreConfig) {
        this(folder, moreConfig, Telemetry.ofThisProcess());
    }

    TopologyHarness(Path folder, String moreConfig, Telemetry telemetry) {
        SidecarConfig config = ConfigLoader.parse("test", CONFIG + moreConfig, folder);
        settings = new LaneSettings(config, engine, () -> new EventCodec(this.<PromptEvent>serde()), telemetry);
        StreamsBuilder builder = new StreamsBuilder();
        ModerationTopology.build(builder, settings);
        Properties properties = new Properties();
        properties.putAll(config.streamsProperties());
        driver = new TopologyTestDriver(builder.build(), properties, START);
        prompts = driver.createInputTopic(Topics.PROMPTS, new ByteArraySerializer(), new ByteArraySerializer());
        policies = driver.createInputTopic(Topics.POLICIES, new ByteArraySerializer(), new ByteArraySerializer());
        subspaces = driver.createInputTopic(Topics.SUBSPACES, new ByteArraySerializer(), new ByteArraySerializer());
        results = output(Topics.RESULTS);
        flagged = output(Topics.FLAGGED);
        rejects = output(Topics.REJECTS);
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private <T extends SpecificRecord> LocalAvroSerde<T> serde() {
        return new LocalAvroSerde<>(registryAway);
    }

    /** The id of the request for the prompt at this offset. */
    static String at(long offset) {
        return Topics.PROMPTS + "-0@" + offset;
    }

    static PromptEvent.Builder chat(String text) {
        return PromptEvent.newBuilder().setMessages(List.of(new Message(Role.USER, text)));
    }

    byte[] bytes(SpecificRecord event) {
        return new LocalAvroSerde<SpecificRecord>(new AtomicBoolean())
                .serializer()
                .serialize(Topics.PROMPTS, event);
    }

    void send(@Nullable String key, PromptEvent event) {
        send(key, bytes(event), new RecordHeaders());
    }

    void send(@Nullable String key, byte @Nullable [] value, Headers headers) {
        prompts.pipeInput(new TestRecord<>(key == null ? null : key.getBytes(UTF_8), value, headers, START));
    }

    /** A record on the policies topic. */
    void publish(String key, byte @Nullable [] value) {
        policies.pipeInput(key.getBytes(UTF_8), value);
    }

    /** A record on the subspaces topic. */
    void publishSubspace(String key, byte @Nullable [] value) {
        subspaces.pipeInput(key.getBytes(UTF_8), value);
    }

    /** One look of the punctuator, after so much time. */
    void tick(Duration time) {
        driver.advanceWallClockTime(time);
    }

    void tick() {
        tick(GenerationProcessor.PUNCTUATION);
    }

    List<TestRecord<byte[], byte[]>> resultRecords() {
        return read(results);
    }

    List<TestRecord<byte[], byte[]>> rejectRecords() {
        return read(rejects);
    }

    List<TestRecord<byte[], byte[]>> flaggedRecords() {
        return read(flagged);
    }

    /** A topic that nothing was ever written to cannot be read. */
    private static List<TestRecord<byte[], byte[]>> read(TestOutputTopic<byte[], byte[]> topic) {
        return topic.isEmpty() ? new ArrayList<>() : topic.readRecordsToList();
    }

    List<ResultEvent> results() {
        return resultRecords().stream()
                .map(record -> this.<ResultEvent>serde().deserializer().deserialize(Topics.RESULTS, record.value()))
                .toList();
    }

    List<FlaggedEvent> flagged() {
        return flaggedRecords().stream()
                .map(record -> this.<FlaggedEvent>serde().deserializer().deserialize(Topics.FLAGGED, record.value()))
                .toList();
    }

    List<RejectEvent> rejects() {
        return rejectRecords().stream().map(this::reject).toList();
    }

    RejectEvent reject(TestRecord<byte[], byte[]> record) {
        return RejectHeaders.read(
                        record.headers(),
                        Topics.REJECTS,
                        this.<RejectEvent>serde().deserializer())
                .orElseThrow();
    }

    /** Entries of the inbox. */
    long inbox() {
        long entries = 0;
        try (KeyValueIterator<Long, InboxEntry> all = driver.<Long, InboxEntry>getKeyValueStore(
                        ModerationTopology.INBOX)
                .all()) {
            for (; all.hasNext(); all.next()) {
                entries++;
            }
        }
        return entries;
    }

    /** The second call does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            driver.close();
        }
    }
}
