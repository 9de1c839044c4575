package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.Sidecar;
import dev.temper.tests.chaos.Load.Draft;
import dev.temper.tests.stream.PacedEngine;
import java.util.function.IntFunction;
import org.apache.kafka.streams.KafkaStreams;

/** Harm by what is sent. */
final class RecordFaults {
    /** One good prompt for so many records. */
    private static final int GOOD_ONE_IN = 5;

    /** Most of it is cheap to refuse. */
    private static final int PER_SECOND = 300;

    private final Trial trial;
    private final Scale scale;

    RecordFaults(Trial trial, Scale scale) {
        this.trial = trial;
        this.scale = scale;
    }

    /** Malformed records of every kind, good prompts between them, in the same conversations. */
    void mixIn() throws Exception {
        MalformedRecords malformed = new MalformedRecords(trial.serializer(), trial.promptsTopic(), scale.seed());
        IntFunction<Draft> good = trial.good();
        IntFunction<Draft> mixed = n -> n % GOOD_ONE_IN == 0 ? good.apply(n) : malformed.next();
        int records = scale.malformed() * GOOD_ONE_IN / (GOOD_ONE_IN - 1);
        try (PacedEngine engine = new PacedEngine(16, 12);
                Sidecar sidecar = trial.sidecar(engine);
                Load load = trial.load(mixed, records, PER_SECOND)) {
            trial.awaitSent(load);
            trial.awaitAllAnswered();
            assertThat(sidecar.state()).isEqualTo(KafkaStreams.State.RUNNING);
        }
    }
}
