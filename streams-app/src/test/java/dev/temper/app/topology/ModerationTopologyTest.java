package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.text.Prompt;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.FinishReason;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.MarginSummary;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class ModerationTopologyTest {
    /** The flow adds real time to the driver's clock, so a test must not step to the very moment. */
    private static final Duration PAST_EVERY_BACKOFF = Duration.ofMinutes(1);

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
    void shouldStartAConversationsNextPromptOnlyWhenItsLastWasAnswered() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.send("c1", chat("two").build());
        service.send("c2", chat("three").build());
        List<String> openAtFirst = service.engine.open();

        // When
        service.engine.complete(at(2), "3", 0);
        service.tick();
        service.engine.complete(at(0), "1", 0);
        service.tick();
        List<String> openThen = service.engine.open();
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        assertThat(openAtFirst).containsExactly(at(0), at(2));
        assertThat(openThen).containsExactly(at(1));
        assertThat(service.results()).extracting(ResultEvent::getText).containsExactly("3", "1", "2");
    }

    @Test
    void shouldHoldBackEvenAPoisonedPromptUntilItsPredecessorsOutcome() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.send("c1", new byte[] {1, 2, 3}, new RecordHeaders());
        service.tick();

        // When
        long rejectedBefore = service.rejects().size();
        service.engine.complete(at(0), "1", 0);
        service.tick();

        // Then
        assertThat(rejectedBefore).isZero();
        assertThat(service.rejects()).hasSize(1);
    }

    @Test
    void shouldTreatPromptsWithoutAKeyAsConversationsOfTheirOwn() {
        // Given
        start("");
        service.send(null, chat("one").build());
        service.send(null, chat("two").build());

        // When
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        List<TestRecord<byte[], byte[]>> records = service.resultRecords();
        assertThat(records).hasSize(1);
        assertThat(records.get(0).key()).isNull();
    }

    @Test
    void shouldLoseNothingWhenTheEnginesQueueIsFull() {
        // Given
        start("");
        service.engine.capacity = 2;
        for (int i = 0; i < 20; i++) {
            service.send("c" + i, chat("p" + i).build());
        }

        // When
        for (int round = 0; round < 20; round++) {
            service.engine.open().forEach(id -> service.engine.complete(id, id, 0));
            service.tick();
        }

        // Then
        assertThat(service.results())
                .extracting(ResultEvent::getText)
                .hasSize(20)
                .doesNotHaveDuplicates();
        assertThat(service.engine.offered).hasSize(20);
        assertThat(service.inbox()).isZero();
    }

    @Test
    void shouldRetryAFailureAndThenAnswer() {
        // Given
        start("limits: {retry_backoff_ms: 10000}");
        service.send("c1", chat("one").build());

        // When
        service.engine.fail(at(0), Reason.DEVICE_ERROR);
        service.tick();
        List<String> duringTheWait = service.engine.open();
        service.tick(PAST_EVERY_BACKOFF);
        service.engine.complete(at(0), "1", 0);
        service.tick();

        // Then
        assertThat(duringTheWait).isEmpty();
        assertThat(service.results()).hasSize(1);
        assertThat(service.engine.offered).hasSize(2);
        assertThat(service.engine.offered.get(0).seed())
                .isEqualTo(service.engine.offered.get(1).seed());
    }

    @Test
    void shouldRejectWhatFailsTooOften() {
        // Given
        start("limits: {max_attempts: 2, retry_backoff_ms: 1}");
        service.send("c1", chat("one").setId("p1").build());

        // When
        service.engine.fail(at(0), Reason.NON_FINITE_LOGITS);
        service.tick();
        service.tick(PAST_EVERY_BACKOFF);
        service.engine.fail(at(0), Reason.NON_FINITE_LOGITS);
        service.tick();

        // Then
        RejectEvent reject = service.rejects().get(0);
        assertThat(reject.getReason()).isEqualTo(RejectReason.NON_FINITE_LOGITS);
        assertThat(reject.getStage()).isEqualTo(Stage.GENERATION);
        assertThat(reject.getAttempts()).isEqualTo(2);
        assertThat(reject.getPromptId()).isEqualTo("p1");
        assertThat(service.results()).isEmpty();
        assertThat(service.inbox()).isZero();
    }

    @Test
    void shouldRejectAtOnceWhatCannotSucceed() {
        // Given
        start("");
        service.send("c1", chat("one").build());

        // When
        service.engine.fail(at(0), Reason.PROMPT_TOO_LONG);
        service.tick();

        // Then
        assertThat(service.rejects()).singleElement().satisfies(reject -> assertThat(reject.getReason())
                .isEqualTo(RejectReason.PROMPT_TOO_LONG));
        assertThat(service.engine.offered).hasSize(1);
    }

    @Test
    void shouldTreatAScoreThatIsNoProbabilityAsAFailure() {
        // Given
        start("limits: {max_attempts: 1}");
        service.send("c1", chat("one").build());

        // When
        service.engine.complete(at(0), "1", Double.NaN);
        service.tick();

        // Then
        assertThat(service.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.getReason()).isEqualTo(RejectReason.NON_FINITE_LOGITS);
            assertThat(reject.getStage()).isEqualTo(Stage.SCORING);
        });
        assertThat(service.results()).isEmpty();
    }

    @Test
    void shouldKeepPromptsWhoseEngineIsClosed() {
        // Given
        start("limits: {max_attempts: 1}");
        service.send("c1", chat("one").build());

        // When
        service.engine.close();
        service.tick();
        service.tick(Duration.ofMinutes(1));

        // Then
        assertThat(service.rejects()).isEmpty();
        assertThat(service.inbox()).isEqualTo(1);
    }

    @Test
    void shouldWaitForTheRegistryAndLoseNothing() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.registryAway.set(true);
        service.send("c2", chat("two").build());
        service.engine.complete(at(0), "1", 0);
        for (int i = 0; i < 10; i++) {
            service.tick(Duration.ofSeconds(5));
        }
        long answeredMeanwhile =
                service.resultRecords().size() + service.rejectRecords().size();

        // When
        service.registryAway.set(false);
        service.tick(Duration.ofSeconds(30));
        service.tick(Duration.ofSeconds(30));
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        assertThat(answeredMeanwhile).isZero();
        assertThat(service.results()).extracting(ResultEvent::getText).containsExactly("1", "2");
        assertThat(service.rejects()).isEmpty();
    }

    @Test
    void shouldDeriveIdsAndSeedsFromTheSourceAlone() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.send("c2", chat("two").build());
        service.engine.complete(at(0), "1", 0.9);
        service.engine.complete(at(1), "2", 0.9);
        service.tick();
        List<ResultEvent> results = service.results();
        List<Long> seeds = service.engine.offered.stream().map(r -> r.seed()).toList();
        service.close();

        // When
        start("");
        service.send("other", chat("another text").build());
        service.engine.complete(at(0), "x", 0);
        service.tick();

        // Then
        assertThat(service.results().get(0).getEventId())
                .isEqualTo(results.get(0).getEventId())
                .isNotEqualTo(results.get(1).getEventId());
        assertThat(results.get(0).getEventId())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(service.engine.offered.get(0).seed()).isEqualTo(seeds.get(0)).isNotEqualTo(seeds.get(1));
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
