package dev.temper.training.regularise;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyDecoders;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TargetsTest {
    private static final int VOCABULARY = 30;
    private static final int BATCHES = 8;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private final TrainableDecoder lm = TinyDecoders.random(runtime.newManager(), VOCABULARY, 1);
    private final TrainableDecoder auxiliary = TinyDecoders.random(runtime.newManager(), VOCABULARY, 2);
    private final Targets alone = targets();
    private final Targets shared = targets();

    @AfterEach
    void close() {
        alone.close();
        shared.close();
        lm.close();
        auxiliary.close();
    }

    private Targets targets() {
        Random random = new Random(3);
        List<TokenSequence> texts = IntStream.range(0, 20)
                .mapToObj(i ->
                        new TokenSequence(random.ints(4 + i % 5, 0, VOCABULARY).toArray(), 1 + i % 3))
                .toList();
        List<Domain> domains = List.of(new Domain("policy", texts, 1, 1), new Domain("general", texts, 1, 0));
        FineTuneSettings settings =
                new FineTuneSettings(1, 3, 1, 1e-3, 0, 0.9, Divergence.FORWARD, ElementType.FLOAT32, 1);
        return new Targets(new ClosestDistribution.Snapshot(lm, auxiliary), domains, settings, 5, BATCHES);
    }

    private static float[] taken(Targets targets, long batch) {
        try (NDArray logQ = targets.take(batch)) {
            return logQ.toFloatArray();
        }
    }

    @Test
    void shouldNotDependOnWhoComputes() {
        // Given a trainer alone, and one whose helper computes ahead now and then
        List<float[]> expected = new ArrayList<>();
        for (long batch = 0; batch < BATCHES; batch++) {
            expected.add(taken(alone, batch));
        }

        // When
        shared.computeAhead(); // nothing is wanted yet
        List<float[]> actual = new ArrayList<>();
        for (long batch = 0; batch < BATCHES; batch++) {
            actual.add(taken(shared, batch));
            if (batch % 5 == 1) {
                shared.computeAhead();
            }
        }

        // Then
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
        assertThat(expected.get(0)).isNotEqualTo(expected.get(1));
        for (float[] logQ : expected) { // rows are distributions
            double sum = IntStream.range(0, VOCABULARY)
                    .mapToDouble(v -> Math.exp(logQ[v]))
                    .sum();
            assertThat(sum).isBetween(0.9999, 1.0001);
        }
    }

    @Test
    void shouldServeFromAnotherThreadUntilTheLastIsTaken() throws InterruptedException {
        // Given
        Thread helper = new Thread(shared::computeUntilClosed, "helper");
        helper.start();

        // When
        List<float[]> actual = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (long batch = 0; batch < BATCHES; batch++) {
            actual.add(taken(shared, batch));
            expected.add(taken(alone, batch));
        }
        helper.join(60_000);

        // Then
        assertThat(helper.isAlive()).isFalse();
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }

    @Test
    void shouldLetTheHelperGoWhenTheTrainerEndsEarly() throws InterruptedException {
        // Given a helper that waits for the trainer's first batch
        Targets ended = targets();
        Thread helper = new Thread(ended::computeUntilClosed, "helper");
        helper.start();

        // When
        ended.close();
        helper.join(60_000);

        // Then
        assertThat(helper.isAlive()).isFalse();
    }
}
