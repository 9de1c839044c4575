package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that is gone, or that hangs. */
@SuppressWarnings("NullAway.Init") // JUnit and each test set the fields
class DeviceTest {
    private static final TopicPartition SOURCE = new TopicPartition(Topics.PROMPTS, 0);
    /** The flow adds real time to the driver's clock, so a test must not step to the very moment. */
    private static final Duration PAST_THE_TIMEOUT = Duration.ofMinutes(2);

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

    private boolean takesIn() {
        return !service.settings.intake().isHeld(SOURCE);
    }

    private DeviceHealth.State state() {
        return service.settings.deviceHealth().state();
    }

    /** The device fails for as many prompts as it takes; waits between probes are 2, 4, 8 minutes. */
    private void startWithADeviceThatGoes(int prompts) {
        start("max_attempts: 10, retry_backoff_ms: 0, breaker: {failures: 3, open_ms: 120000, max_open_ms: 480000}");
        for (int i = 0; i < prompts; i++) {
            service.send("c" + i, chat("p" + i).build());
        }
        for (int i = 0; i < 3; i++) {
            service.engine.fail(at(i), Reason.DEVICE_ERROR);
        }
        service.tick();
    }

    @Test
    void shouldGiveUpAnAttemptThatHangsAndDropItsLateOutcome() {
        // Given
        start("attempt_timeout_ms: 60000, retry_backoff_ms: 0");
        service.send("c1", chat("one").build());
        service.engine.hung = true;

        // When
        service.tick(PAST_THE_TIMEOUT);
        List<String> afterTheTimeout = service.engine.open();
        service.engine.complete(at(0), "too late", 0);
        service.tick();
        List<ResultEvent> answeredTooLate = service.results();
        service.engine.complete(service.engine.open().get(0), "in time", 0);
        service.tick();

        // Then
        assertThat(afterTheTimeout).hasSize(2).first().isEqualTo(at(0));
        assertThat(answeredTooLate).isEmpty();
        assertThat(service.results()).extracting(ResultEvent::getText).containsExactly("in time");
        assertThat(service.engine.offered)
                .extracting(request -> request.seed())
                .hasSize(2)
                .containsOnly(service.engine.offered.get(0).seed());
    }

    @Test
    void shouldRejectAPromptWhoseAttemptsAllHang() {
        // Given
        start("attempt_timeout_ms: 60000, retry_backoff_ms: 0, max_attempts: 2");
        service.send("c1", chat("one").build());

        // When
        service.tick(PAST_THE_TIMEOUT);
        service.tick(PAST_THE_TIMEOUT);

        // Then
        assertThat(service.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.getReason()).isEqualTo(RejectReason.DEVICE_ERROR);
            assertThat(reject.getAttempts()).isEqualTo(2);
            assertThat(reject.getDetail()).contains("limits.attempt_timeout_ms (60000)");
        });
        assertThat(service.engine.open()).as("what was given up was cancelled").isEmpty();
    }

    @Test
    void shouldTakeInAndOfferNothingWhileTheDeviceIsGone() {
        // Given
        startWithADeviceThatGoes(3);

        // When
        service.tick(Duration.ofMinutes(1));

        // Then
        assertThat(service.engine.open()).isEmpty();
        assertThat(takesIn()).isFalse();
        assertThat(service.settings.deviceHealth())
                .isEqualTo(new DeviceHealth(DeviceHealth.State.OPEN, "scripted", 3, 1));
        assertThat(service.rejects()).isEmpty();
        assertThat(service.inbox()).isEqualTo(3);
    }

    @Test
    void shouldGoOnWhenAProbeIsAnswered() {
        // Given
        startWithADeviceThatGoes(3);

        // When
        service.tick(Duration.ofMinutes(3));
        List<String> probes = service.engine.open();
        DeviceHealth.State whileProbing = state();
        service.engine.complete(probes.get(0), "back", 0);
        service.tick();
        service.tick();

        // Then
        assertThat(probes).containsExactly(at(0));
        assertThat(whileProbing).isEqualTo(DeviceHealth.State.HALF_OPEN);
        assertThat(state()).isEqualTo(DeviceHealth.State.CLOSED);
        assertThat(takesIn()).isTrue();
        assertThat(service.engine.open()).containsExactly(at(1), at(2));
    }

    @Test
    void shouldWaitTwiceAsLongAndProbeWithAnotherPromptAfterAProbeThatFails() {
        // Given
        startWithADeviceThatGoes(3);
        service.tick(Duration.ofMinutes(3));
        service.engine.fail(at(0), Reason.DEVICE_ERROR);
        service.tick();

        // When
        service.tick(Duration.ofMinutes(3));
        List<String> afterThreeMinutes = service.engine.open();
        service.tick(Duration.ofMinutes(3));
        List<String> afterSix = service.engine.open();

        // Then
        assertThat(afterThreeMinutes).isEmpty();
        assertThat(afterSix).containsExactly(at(1));
    }

    @Test
    void shouldNotHoldAnOutageAgainstThePromptThatProbesTheDevice() {
        // Given
        start("max_attempts: 2, retry_backoff_ms: 0, breaker: {failures: 1, open_ms: 60000, max_open_ms: 60000}");
        service.send("c1", chat("one").build());
        service.engine.fail(at(0), Reason.DEVICE_ERROR);
        service.tick();

        // When
        for (int probe = 0; probe < 5; probe++) {
            service.tick(PAST_THE_TIMEOUT);
            service.engine.fail(service.engine.open().get(0), Reason.DEVICE_ERROR);
            service.tick();
        }
        int rejectedMeanwhile = service.rejects().size();
        service.tick(PAST_THE_TIMEOUT);
        service.engine.complete(service.engine.open().get(0), "back", 0);
        service.tick();

        // Then
        assertThat(rejectedMeanwhile).isZero();
        assertThat(service.results()).extracting(ResultEvent::getText).containsExactly("back");
    }

    @Test
    void shouldTakeInAPromptToProbeWithWhereThereIsNone() {
        // Given
        start("max_attempts: 1, breaker: {failures: 1, open_ms: 120000, max_open_ms: 480000}");
        service.send("c1", chat("one").build());
        service.engine.fail(at(0), Reason.DEVICE_ERROR);
        service.tick();
        boolean atOnce = takesIn();

        // When
        service.tick(Duration.ofMinutes(3));
        boolean whenAProbeIsDue = takesIn();
        service.send("c2", chat("two").build());
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        assertThat(atOnce).isFalse();
        assertThat(whenAProbeIsDue).isTrue();
        assertThat(service.results()).hasSize(1);
        assertThat(state()).isEqualTo(DeviceHealth.State.CLOSED);
    }

    @Test
    void shouldNotTakePromptsThatFailOnTheirOwnForADeviceThatIsGone() {
        // Given
        start("max_attempts: 1, breaker: {failures: 2, open_ms: 1000, max_open_ms: 1000}");

        // When
        for (int i = 0; i < 5; i++) {
            service.send("c" + i, chat("p").build());
            service.engine.fail(at(i), i % 2 == 0 ? Reason.NON_FINITE_LOGITS : Reason.PROMPT_TOO_LONG);
            service.tick();
        }

        // Then
        assertThat(state()).isEqualTo(DeviceHealth.State.CLOSED);
        assertThat(service.rejects()).hasSize(5);
    }
}
