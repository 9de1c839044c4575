package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.Readiness;
import dev.temper.app.Sidecar;
import dev.temper.tests.chaos.FaultyDevice.Mood;
import dev.temper.tests.chaos.Sent.Due;
import dev.temper.tests.stream.PacedEngine;
import org.apache.kafka.streams.KafkaStreams;

/** Harm to the device, as the engine's contract lets it be seen. Prompts may be rejected for it, never lost. */
final class DeviceFaults {
    private final Trial trial;
    private final Scale scale;

    DeviceFaults(Trial trial, Scale scale) {
        this.trial = trial;
        this.scale = scale;
    }

    void be(Mood mood) throws Exception {
        try (PacedEngine paced = new PacedEngine(16, 12);
                FaultyDevice device = new FaultyDevice(paced);
                Sidecar sidecar = trial.sidecar(device, "  attempt_timeout_ms: " + scale.attemptTimeoutMs());
                Load load = trial.load(trial.good(Due.EITHER), Integer.MAX_VALUE)) {
            trial.awaitAnswers(20);
            device.become(mood);
            Ledger.Fault fault = trial.ledger().fault();
            if (mood == Mood.NAN) {
                trial.awaitAnswers(20); // it answers, if badly: each prompt is rejected after its last attempt
            } else {
                trial.await(() -> sidecar.readiness().state() == Readiness.State.DEVICE_GONE);
            }
            Thread.sleep(scale.hangMs());
            device.become(Mood.WELL);
            trial.await(() -> sidecar.readiness().isReady());
            trial.awaitEndOf(fault);
            load.finish();
            trial.awaitAllAnswered();
            assertThat(sidecar.state()).isEqualTo(KafkaStreams.State.RUNNING);
        }
    }
}
