package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of prompts whose attempts fail. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class FailureTest {
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
}
