package dev.temper.training.regularise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.torch.Script;
import dev.temper.training.decoder.SequenceBatch;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * q, made of a snapshot of the language model and its auxiliary model, as a target: no gradient. Used by one thread at a
 * time; it does not own the models, which several of these may read at once.
 */
final class ClosestDistribution implements AutoCloseable {

    /**
     * What q is made of: both frozen, of the family of the model that learns.
     *
     * @param lm p of the snapshot
     * @param auxiliary R of the snapshot
     */
    record Snapshot(TrainableDecoder lm, TrainableDecoder auxiliary) {}

    private final Snapshot snapshot;
    private final double delta;
    private final NDManager manager;
    private final Script script;
    private final NDArray compute;

    ClosestDistribution(Snapshot snapshot, FineTuneSettings settings) {
        this.snapshot = snapshot;
        this.delta = settings.delta();
        this.manager = snapshot.lm().newScope();
        List<String> texts = new ArrayList<>(snapshot.lm().texts());
        texts.add("training/nado.py");
        this.script = Script.compile(manager, texts, "training/closest.py");
        this.compute = snapshot.lm().computing(settings.computeType());
    }

    /**
     * log q of each predicted token of some sequences, sequence after sequence.
     *
     * @param owner will own the result
     * @return [tokens, vocabulary], float32
     */
    NDArray logQ(NDManager owner, List<TokenSequence> sequences) {
        TrainableDecoder lm = snapshot.lm();
        TrainableDecoder auxiliary = snapshot.auxiliary();
        try (NDManager scope = manager.newSubManager()) {
            SequenceBatch batch = SequenceBatch.of(scope, sequences);
            return script.call(
                    owner,
                    "log_q",
                    batch.ids(),
                    batch.rows(),
                    scope.create(IntStream.of(batch.firsts()).asLongStream().toArray()),
                    delta,
                    compute,
                    lm.dims(),
                    lm.real(),
                    lm.frequencies(),
                    auxiliary.dims(),
                    auxiliary.real(),
                    auxiliary.frequencies(),
                    lm.weightArray(),
                    auxiliary.weightArray());
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
