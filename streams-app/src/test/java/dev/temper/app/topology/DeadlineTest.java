package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.Stage;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit and each test set the fields
class DeadlineTest {
    @TempDir
    Path folder;

    private TopologyHarness service;

    private void start(String limits) {
        service = new TopologyHarness(folder, "limits: {" + limits + "}");
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static PromptEvent within(long milliseconds) {
        return chat("one")
                .setParameters(RequestedParameters.newBuilder()
                        .setDeadlineMs(milliseconds)
                        .build())
                .build();
    }

    @Test
    void shouldRejectWhatWaitsLongerThanTheServiceAllows() {
        // Given
        start("deadline_ms: 60000");
        service.engine.capacity = 0;
        service.send("c1", chat("one").setId("p1").build());

        // When
        service.tick(Duration.ofSeconds(30));
        int early = service.rejects().size();
        service.tick(Duration.ofSeconds(40));

        // Then
        assertThat(early).isZero();
        assertThat(service.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.getReason()).isEqualTo(RejectReason.DEADLINE_EXCEEDED);
            assertThat(reject.getStage()).isEqualTo(Stage.GENERATION);
            assertThat(reject.getPromptId()).isEqualTo("p1");
            assertThat(reject.getAttempts()).isZero();
        });
        assertThat(service.inbox()).isZero();
    }

    @Test
    void shouldHoldAPromptToItsOwnDeadlineButToNoLongerThanTheService() {
        // Given
        start("deadline_ms: 60000");
        service.engine.capacity = 0;
        service.send("c1", within(20_000));
        service.send("c2", within(Long.MAX_VALUE));

        // When
        service.tick(Duration.ofSeconds(30));
        int first = service.rejects().size();
        service.tick(Duration.ofSeconds(40));

        // Then
        assertThat(first).isEqualTo(1);
        assertThat(service.rejects()).hasSize(1);
    }

    @Test
    void shouldTellTheEngineHowMuchTimeIsLeftAndRejectWhatItGivesUp() {
        // Given
        start("");
        service.send("c1", within(60_000));
        service.send("c2", chat("no hurry").build());

        // When
        service.engine.fail(at(0), Reason.DEADLINE_EXCEEDED);
        service.tick();

        // Then
        assertThat(service.engine.offered.get(0).timeLimit())
                .isGreaterThan(Duration.ofSeconds(30))
                .isLessThanOrEqualTo(Duration.ofSeconds(60));
        assertThat(service.engine.offered.get(1).timeLimit()).isNull();
        assertThat(service.rejects())
                .singleElement()
                .extracting(RejectEvent::getReason)
                .isEqualTo(RejectReason.DEADLINE_EXCEEDED);
    }

    @Test
    void shouldNotWaitForAnotherAttemptBeyondTheDeadline() {
        // Given
        start("deadline_ms: 60000, retry_backoff_ms: 600000, retry_max_backoff_ms: 600000");
        service.send("c1", chat("one").build());

        // When
        service.engine.fail(at(0), Reason.DEVICE_ERROR);
        service.tick(Duration.ofSeconds(70));

        // Then
        assertThat(service.rejects())
                .singleElement()
                .extracting(RejectEvent::getReason)
                .isEqualTo(RejectReason.DEADLINE_EXCEEDED);
    }

    @Test
    void shouldLetAnEngineThatHangsKeepNoPromptBeyondItsDeadline() {
        // Given
        start("deadline_ms: 60000");
        service.send("c1", chat("one").build());
        service.engine.hung = true;

        // When
        service.tick(Duration.ofSeconds(70));

        // Then
        assertThat(service.rejects())
                .singleElement()
                .extracting(RejectEvent::getReason)
                .isEqualTo(RejectReason.DEADLINE_EXCEEDED);
    }

    @Test
    void shouldRefuseADeadlineThatIsNone() {
        // Given
        start("");

        // When
        service.send("c1", within(0));
        service.tick();

        // Then
        assertThat(service.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.getReason()).isEqualTo(RejectReason.INVALID_PARAMETERS);
            assertThat(reject.getDetail()).contains("deadline_ms must be at least 1, not 0");
        });
    }
}
