package dev.temper.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.observe.Telemetry;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.schemas.event.PromptEvent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tracing backend and the readers of the outputs see. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String SECRET = "xylophone";

    @TempDir
    Path folder;

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private OpenTelemetrySdk sdk;
    private TopologyHarness service;

    @BeforeEach
    void start() {
        sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build();
        service = new TopologyHarness(
                folder,
                "limits: {retry_backoff_ms: 0}",
                new Telemetry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), sdk));
    }

    @AfterEach
    void stop() {
        service.close();
        sdk.close();
    }

    private void send() {
        Headers headers = new RecordHeaders();
        headers.add("traceparent", TRACEPARENT.getBytes(UTF_8)).add("tracestate", "vendor=1".getBytes(UTF_8));
        service.send("c1", service.bytes(TopologyHarness.chat(SECRET).build()), headers);
    }

    private Map<String, SpanData> spansByName() {
        return exporter.getFinishedSpanItems().stream()
                .collect(Collectors.toMap(SpanData::getName, Function.identity()));
    }

    private SpanData span(String name) {
        return Objects.requireNonNull(spansByName().get(name), name);
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void shouldContinueThePromptsTraceInEveryStageAndEveryOutput() {
        // Given
        send();

        // When
        service.engine.complete(TopologyHarness.at(0), "toxic " + SECRET, 0.9);
        service.tick();

        // Then
        Map<String, SpanData> spans = spansByName();
        SpanData root = span("process temper.prompts");
        assertThat(spans)
                .containsOnlyKeys(
                        "process temper.prompts", "receive", "queue", "generate", "score", "judge", "publish");
        assertThat(root.getParentSpanId()).isEqualTo(PARENT);
        assertThat(root.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(spans.values()).extracting(SpanData::getTraceId).containsOnly(TRACE);
        assertThat(spans.values())
                .filteredOn(span -> span != root)
                .extracting(SpanData::getParentSpanId)
                .containsOnly(root.getSpanId());
        String carried = "00-" + TRACE + "-" + span("publish").getSpanId() + "-01";
        for (TestRecord<byte[], byte[]> output :
                List.of(service.resultRecords().get(0), service.flaggedRecords().get(0))) {
            assertThat(header(output, "traceparent")).isEqualTo(carried);
            assertThat(header(output, "tracestate")).isEqualTo("vendor=1");
        }
    }

    @Test
    void shouldDescribeTheGenerationByTheConventionsAndWithoutContent() {
        // Given
        send();

        // When
        service.engine.complete(TopologyHarness.at(0), SECRET, 0.1);
        service.tick();

        // Then
        SpanData generate = span("generate");
        assertThat(generate.getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("gen_ai.operation.name"), "chat")
                .containsEntry(AttributeKey.stringKey("gen_ai.provider.name"), "temper")
                .containsEntry(AttributeKey.stringKey("gen_ai.request.model"), "fake-model")
                .containsEntry(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"), List.of("stop"))
                .containsEntry(AttributeKey.longKey("gen_ai.usage.input_tokens"), 11L)
                .containsEntry(AttributeKey.longKey("gen_ai.usage.output_tokens"), 3L);
        assertThat(generate.getEndEpochNanos() - generate.getStartEpochNanos()).isEqualTo(500_000_000L);
        assertThat(exporter.getFinishedSpanItems().toString()).doesNotContain(SECRET);
    }

    @Test
    void shouldShowEveryAttemptAndTheRejectAsErrors() {
        // Given
        send();

        // When
        for (int attempt = 0; attempt < 3; attempt++) {
            service.engine.fail(service.engine.open().get(0), Reason.DEVICE_ERROR);
            service.tick();
        }

        // Then
        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans)
                .filteredOn(span -> span.getName().equals("generate"))
                .hasSize(3)
                .allSatisfy(span -> {
                    assertThat(span.getStatus()).isEqualTo(StatusData.error());
                    assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type")))
                            .isEqualTo("device_error");
                });
        TestRecord<byte[], byte[]> reject = service.rejectRecords().get(0);
        assertThat(header(reject, "traceparent")).startsWith("00-" + TRACE).doesNotContain(PARENT);
        assertThat(spans.get(spans.size() - 1).getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("device_error");
    }

    @Test
    void shouldFollowTheContextInTheEventWhereTheHeadersHaveNone() {
        // Given
        PromptEvent prompt =
                TopologyHarness.chat("hello").setTraceparent(TRACEPARENT).build();
        service.send("c1", prompt);

        // When
        service.engine.complete(TopologyHarness.at(0), "ok", 0.1);
        service.tick();

        // Then
        assertThat(span("process temper.prompts").getParentSpanId()).isEqualTo(PARENT);
        assertThat(header(service.resultRecords().get(0), "traceparent")).startsWith("00-" + TRACE);
    }

    @Test
    void shouldBeginATraceOfItsOwnWhereThePromptHasNone() {
        // Given
        service.send("c1", TopologyHarness.chat("hello").build());

        // When
        service.engine.complete(TopologyHarness.at(0), "ok", 0.1);
        service.tick();

        // Then
        SpanData root = span("process temper.prompts");
        assertThat(root.getParentSpanContext().isValid()).isFalse();
        assertThat(header(service.resultRecords().get(0), "traceparent")).contains(root.getTraceId());
    }

    @Test
    void shouldEndTheSpansOfWhatItLeavesToOthers() {
        // Given
        send();

        // When
        service.close();

        // Then
        SpanData root = span("process temper.prompts");
        assertThat(root.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("handed_over");
    }
}
