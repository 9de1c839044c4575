package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.config.ConfigLoader;
import dev.temper.app.observe.Telemetry;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.PromptEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams closes a task and initialises the same processor again: after a rebalance, or a broker's outage. */
@SuppressWarnings("NullAway.Init") // each test starts
class RevivalTest {
    private static final String CONFIG = """
            kafka: {bootstrap.servers: 'none:1'}
            schema_registry: {schema.registry.url: 'http://none'}
            limits: {max_attempts: 3, retry_backoff_ms: 0}
            policy: {categories: {toxic: {threshold: 0.5, action: rewrite}}}
            """;

    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final ScriptedEngine engine = new ScriptedEngine();
    private final AtomicBoolean registryAway = new AtomicBoolean();
    private LaneSettings settings;
    private MockProcessorContext<byte[], Output> context;
    private KeyValueStore<Long, InboxEntry> inbox;
    private GenerationProcessor processor;

    private void start(Path folder) {
        start(folder, Telemetry.ofThisProcess());
    }

    private void start(Path folder, Telemetry telemetry) {
        settings = new LaneSettings(
                ConfigLoader.parse("test", CONFIG, folder),
                engine,
                () -> new EventCodec(new LocalAvroSerde<PromptEvent>(registryAway)),
                telemetry);
        context = new MockProcessorContext<>(new Properties(), new TaskId(0, 0), folder.toFile());
        context.setCurrentSystemTimeMs(1_000);
        inbox = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(ModerationTopology.INBOX), Serdes.Long(), InboxSerde.serde())
                .withLoggingDisabled()
                .build();
        inbox.init(context.getStateStoreContext(), inbox);
        context.addStateStore(inbox);
        processor = new GenerationProcessor(settings);
        processor.init(context);
    }

    private void send(long offset) {
        byte[] value = new LocalAvroSerde<PromptEvent>(registryAway)
                .serializer()
                .serialize(Topics.PROMPTS, chat("prompt").build());
        context.setRecordMetadata(Topics.PROMPTS, 0, offset);
        Headers headers = new RecordHeaders().add("traceparent", TRACEPARENT.getBytes(UTF_8));
        processor.process(new Record<>("c1".getBytes(UTF_8), value, 0, headers));
    }

    private void look() {
        var punctuators = context.scheduledPunctuators();
        punctuators.get(punctuators.size() - 1).getPunctuator().punctuate(context.currentSystemTimeMs());
    }

    @Test
    void shouldWorkWhatTheInboxHoldsAgainAndNothingElse(@TempDir Path folder) {
        // Given
        start(folder);
        send(0);
        send(1);

        // When
        engine.hung = true;
        processor.close(); // with offset 0 at the engine, and offset 1 behind it
        engine.complete(at(0), "too late", 0);
        inbox.delete(1L); // the store came back as of an older commit
        processor.init(context);
        look();
        var openAfterRevival = engine.open();
        engine.complete(at(0), "in time", 0);
        look();

        // Then
        assertThat(openAfterRevival).containsExactly(at(0));
        assertThat(context.forwarded()).hasSize(1);
        assertThat(inbox.approximateNumEntries()).isZero();
    }

    @Test
    void shouldTakeAPromptOnceAlthoughItIsReadTwice(@TempDir Path folder) {
        // Given
        start(folder);
        send(0);

        // When
        send(0);
        engine.complete(at(0), "once", 0);
        look();

        // Then
        assertThat(context.forwarded()).hasSize(1);
        assertThat(engine.open()).isEmpty();
        assertThat(inbox.approximateNumEntries()).isZero();
    }

    @Test
    void shouldGoOnCountingAttemptsWhereTheLastOwnerOfTheInboxStopped(@TempDir Path folder) {
        // Given
        start(folder);
        send(0);
        engine.fail(at(0), Reason.DEVICE_ERROR);
        look(); // the second attempt begins
        engine.fail(at(0), Reason.DEVICE_ERROR);
        look(); // the third begins, and does not end here

        // When
        processor.close(); // cancels it; the attempt does not count
        processor.init(context);
        look();
        var openAfterRevival = engine.open();
        var forwardedBefore = context.forwarded().size();
        engine.fail(at(0), Reason.DEVICE_ERROR);
        look();

        // Then
        assertThat(openAfterRevival).containsExactly(at(0));
        assertThat(forwardedBefore).isZero();
        assertThat(context.forwarded()).singleElement().satisfies(captured -> assertThat(
                        captured.record().value().way())
                .isEqualTo(Output.Way.REJECTS));
        assertThat(engine.offered).hasSize(4);
    }

    @Test
    void shouldStayInThePromptsTraceWhoeverWorksItAgain(@TempDir Path folder) {
        // Given
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build();
        start(folder, new Telemetry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), sdk));
        send(0);

        // When
        processor.close();
        context.setCurrentSystemTimeMs(9_000);
        processor.init(context);
        look();
        engine.complete(at(0), "in time", 0);
        look();

        // Then
        List<SpanData> lives = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().startsWith("process "))
                .toList();
        SpanData publish = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("publish"))
                .findFirst()
                .orElseThrow();
        assertThat(lives).hasSize(2).allSatisfy(life -> {
            assertThat(TRACEPARENT).contains(life.getTraceId(), life.getParentSpanId());
            assertThat(life.getStartEpochNanos()).isBetween(1_000_000_000L, 1_999_999_999L);
        });
        assertThat(publish.getParentSpanId()).isEqualTo(lives.get(1).getSpanId());
        assertThat(context.forwarded()).singleElement().satisfies(captured -> assertThat(new String(
                        captured.record().headers().lastHeader("traceparent").value(), UTF_8))
                .contains(publish.getTraceId(), publish.getSpanId()));
        sdk.close();
    }

    @Test
    void shouldGoOnWithTheRoundThatAnAnswerIsWrittenAnewIn(@TempDir Path folder) {
        // Given
        start(folder);
        send(0);
        engine.complete(at(0), "vile", 0.9);
        look();
        GenerationRequest firstRound = engine.offered.get(1);

        // When
        engine.hung = true;
        processor.close(); // with the round at the engine
        engine.complete(at(0) + "~1", "too late", 0);
        processor.init(context);
        look();
        GenerationRequest again = engine.offered.get(2);
        engine.complete(at(0) + "~1", "in time", 0);
        look();

        // Then
        assertThat(again).isEqualTo(firstRound);
        assertThat(again.guidance().betas()).containsEntry(ScriptedEngine.SUBSPACE, 1.0);
        assertThat(engine.offered).hasSize(3);
        assertThat(context.forwarded()).hasSize(1);
        assertThat(inbox.approximateNumEntries()).isZero();
    }
}
