package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.text.Prompt;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.FinishReason;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.MarginSummary;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes out for what goes in. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class ModerationTopologyTest {
    @TempDir
    Path folder;

    private TopologyHarness service;

    private TopologyHarness start(String config) {
        service = new TopologyHarness(folder, config);
        return service;
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static String header(TestRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void shouldAnswerAPromptWithOneResultThatTellsHowItCameAbout() {
        // Given
        start("");
        service.send("c1", chat("hello").setId("p1").setTenant("acme").build());

        // When
        service.engine.complete(at(0), "hi there", 0.1);
        service.tick();

        // Then
        List<ResultEvent> results = service.results();
        assertThat(results).hasSize(1);
        ResultEvent result = results.get(0);
        assertThat(result.getText()).isEqualTo("hi there");
        assertThat(result.getTextIsRefusal()).isFalse();
        assertThat(result.getFlagged()).isFalse();
        assertThat(result.getPromptId()).isEqualTo("p1");
        assertThat(result.getTenant()).isEqualTo("acme");
        assertThat(result.getConversationKey()).isEqualTo("c1");
        assertThat(result.getSource().getOffset()).isZero();
        assertThat(result.getAssessment().getAction()).isEqualTo(Action.ALLOW);
        assertThat(result.getAssessment().getScores()).singleElement().satisfies(score -> {
            assertThat(score.getCategory()).isEqualTo("toxic");
            assertThat(score.getScore()).isEqualTo(0.1);
            assertThat(score.getThreshold()).isEqualTo(0.5);
        });
        assertThat(result.getGeneration().getModelHash()).isEqualTo("hash-m");
        assertThat(result.getGeneration().getSubspaceHashes()).containsEntry("toxicity", "hash-t");
        assertThat(result.getGeneration().getFinishReason()).isEqualTo(FinishReason.END_OF_SEQUENCE);
        assertThat(result.getGeneration().getUsage().getPromptTokensDropped()).isEqualTo(2);
        assertThat(result.getGeneration().getMargins()).containsExactly(new MarginSummary("toxicity", -1.0, 0.5, 2.0));
        assertThat(service.flagged()).isEmpty();
        assertThat(service.rejects()).isEmpty();
        assertThat(service.inbox()).isZero();
    }

    @Test
    void shouldPutARefusalInPlaceOfABlockedAnswerAndTellTheReviewersAll() {
        // Given
        start("policy: {refusal: 'Not that.', version: v7}");
        service.send("c1", chat("provoke").build());

        // When
        service.engine.complete(at(0), "something vile", 0.9);
        service.tick();

        // Then
        ResultEvent result = service.results().get(0);
        assertThat(result.getText()).isEqualTo("Not that.");
        assertThat(result.getTextIsRefusal()).isTrue();
        assertThat(result.getFlagged()).isTrue();
        FlaggedEvent flagged = service.flagged().get(0);
        assertThat(flagged.getText()).isEqualTo("something vile");
        assertThat(flagged.getMessages().get(0).getContent()).isEqualTo("provoke");
        assertThat(flagged.getResultEventId()).isEqualTo(result.getEventId());
        assertThat(flagged.getTrace().getMargins()).containsEntry("toxicity", List.of(0.5, -1.0, 2.0));
        assertThat(flagged.getAssessment().getAction()).isEqualTo(Action.BLOCK);
        assertThat(flagged.getAssessment().getSeverity()).isEqualTo(6);
        assertThat(flagged.getAssessment().getPolicyVersion()).isEqualTo("v7");
    }

    @Test
    void shouldLetAnAuditedAnswerPassMarked() {
        // Given
        start("policy: {categories: {toxic: {threshold: 0.5, action: audit}}}");
        service.send("c1", chat("provoke").build());

        // When
        service.engine.complete(at(0), "something vile", 0.6);
        service.tick();

        // Then
        ResultEvent result = service.results().get(0);
        assertThat(result.getText()).isEqualTo("something vile");
        assertThat(result.getTextIsRefusal()).isFalse();
        assertThat(result.getFlagged()).isTrue();
        assertThat(service.flagged()).hasSize(1);
    }

    @Test
    void shouldSendCloudEventHeadersAndCarryTheTraceThrough() {
        // Given
        start("");
        Headers headers = new RecordHeaders();
        headers.add("traceparent", "00-a-b-01".getBytes(UTF_8)).add("ce_id", "theirs".getBytes(UTF_8));
        service.send(
                "c1", service.bytes(chat("one").setTraceparent("in the event").build()), headers);
        service.send(
                "c2",
                chat("two").setTraceparent("00-c-d-01").setTracestate("v=1").build());

        // When
        service.engine.complete(at(0), "1", 0.9);
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        List<TestRecord<byte[], byte[]>> records = service.resultRecords();
        assertThat(records.get(0).key()).asString(UTF_8).isEqualTo("c1");
        assertThat(header(records.get(0), "traceparent")).isEqualTo("00-a-b-01");
        assertThat(header(records.get(0), "ce_type")).isEqualTo("dev.temper.result.v1");
        assertThat(header(records.get(0), "ce_source")).isEqualTo("/temper/temper");
        assertThat(header(records.get(0), "ce_specversion")).isEqualTo("1.0");
        assertThat(header(records.get(0), "ce_time")).startsWith("2026-01-02T03:04:05");
        assertThat(header(records.get(0), "ce_id")).isNotEqualTo("theirs");
        assertThat(header(records.get(1), "traceparent")).isEqualTo("00-c-d-01");
        assertThat(header(records.get(1), "tracestate")).isEqualTo("v=1");
        assertThat(header(service.flaggedRecords().get(0), "ce_type")).isEqualTo("dev.temper.flagged.v1");
    }

    @Test
    void shouldUseWhatThePromptAsksFor() {
        // Given
        start("engine: {subspaces: {toxicity: {file: f, beta: 3}}}");
        PromptEvent plain = PromptEvent.newBuilder()
                .setPrompt("Once upon")
                .setParameters(RequestedParameters.newBuilder()
                        .setTopP(0.3)
                        .setSeed(42L)
                        .setBeta(7.0)
                        .build())
                .build();

        // When
        service.send("c1", chat("one").build());
        service.send("c2", plain);

        // Then
        assertThat(service.engine.offered.get(0).guidance().betas()).containsEntry("toxicity", 3.0);
        assertThat(service.engine.offered.get(0).decoding().topP()).isEqualTo(0.9);
        assertThat(service.engine.offered.get(1).prompt()).isEqualTo(new Prompt.Plain("Once upon"));
        assertThat(service.engine.offered.get(1).guidance().betas()).containsEntry("toxicity", 7.0);
        assertThat(service.engine.offered.get(1).decoding().topP()).isEqualTo(0.3);
        assertThat(service.engine.offered.get(1).seed()).isEqualTo(42L);
    }

    @Test
    void shouldOfferNothingNewOnceItStops() {
        // Given
        start("");

        // When
        service.settings.stop();
        service.send("c1", chat("one").build());
        service.tick();

        // Then
        assertThat(service.engine.offered).isEmpty();
        assertThat(service.inbox()).isEqualTo(1);
    }
}
