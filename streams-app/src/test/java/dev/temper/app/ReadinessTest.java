package dev.temper.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.topology.DeviceHealth;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessTest {
    @ParameterizedTest
    @CsvSource({
        "CREATED,     CLOSED,    false, STARTING,    partitions are being assigned or restored",
        "REBALANCING, OPEN,      false, STARTING,    partitions are being assigned or restored",
        "RUNNING,     CLOSED,    false, READY,       ''",
        "RUNNING,     OPEN,      false, DEVICE_GONE, the device does not answer: no outcome",
        "RUNNING,     HALF_OPEN, false, DEVICE_GONE, the device does not answer: no outcome",
        "RUNNING,     OPEN,      true,  STOPPING,    the sidecar is being closed",
        "PENDING_SHUTDOWN, CLOSED, true, STOPPING,   the sidecar is being closed",
        "NOT_RUNNING, CLOSED,    true,  ENDED,       the sidecar was closed",
        "ERROR,       CLOSED,    false, ENDED,       the sidecar gave up; the log says why",
    })
    void shouldSayWhyPromptsAreNotAnswered(
            KafkaStreams.State streams,
            DeviceHealth.State device,
            boolean stopping,
            Readiness.State expected,
            String cause) {
        // When
        Readiness readiness = Readiness.of(streams, new DeviceHealth(device, "no outcome", 1, 1), stopping);

        // Then
        assertThat(readiness).isEqualTo(new Readiness(expected, cause));
        assertThat(readiness.isReady()).isEqualTo(expected == Readiness.State.READY);
    }
}
