package dev.temper.training.regularise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.training.data.EpochOrder;
import dev.temper.training.decoder.SequenceBatch;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.optim.ResumableTraining;
import dev.temper.training.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One iteration of fine-tuning: L = Σ_d w_d L_LM + λ_d D(p, q), with q made of a snapshot of the language model and its
 * auxiliary model; without a snapshot it is plain fine-tuning. Started again with the same arguments after a kill, it
 * goes on with the same numbers.
 *
 * <p>Used by one thread; it does not own the models. The optimiser's moments begin anew with each iteration.
 */
public final class FineTuning implements AutoCloseable {
    /**
     * What q is made of: both frozen, of the family of the model that learns.
     *
     * @param lm p of the snapshot
     * @param auxiliary R of the snapshot
     */
    public record Snapshot(TrainableDecoder lm, TrainableDecoder auxiliary) {}

    private final TrainableDecoder model;
    private final Optional<Snapshot> snapshot;
    private final List<Domain> domains;
    private final FineTuneSettings settings;
    private final NDManager manager;
    private final Script script;
    private final NDArray compute;
    private final NDArray delta;
    private final NDArray backward;

    /** @param model is changed in place */
    public FineTuning(
            TrainableDecoder model, Optional<Snapshot> snapshot, List<Domain> domains, FineTuneSettings settings) {
        this.model = model.requiringGradients();
        this.snapshot = snapshot;
        this.domains = List.copyOf(domains);
        this.settings = settings;
        this.manager = model.newScope();
        List<String> texts = new ArrayList<>(model.texts());
        texts.add("training/nado.py");
        this.script = Script.compile(manager, texts, "training/finetune.py");
        this.compute = model.computing(settings.computeType());
        this.delta = manager.create(new double[] {settings.delta()});
        this.backward = manager.create(new long[] {settings.divergence() == Divergence.REVERSE ? 1 : 0});
    }

    /**
     * Runs the iteration's steps.
     *
     * @param seed of the order of the data
     * @param work folder of the checkpoint and of {@code metrics.jsonl}
     * @param fingerprint of everything else that the course of the training depends on
     * @return whose checkpoint is to be deleted when the result is saved
     */
    public ResumableTraining run(long seed, Path work, String fingerprint, Progress.Factory progress) {
        List<EpochOrder> orders = IntStream.range(0, domains.size())
                .mapToObj(d -> new EpochOrder(domains.get(d).sequences().size(), 31 * seed + d))
                .toList();
        ResumableTraining training = new ResumableTraining(
                "fine-tune",
                settings.steps(),
                settings.learningRate(),
                settings.weightDecay(),
                settings.checkpointEvery(),
                work,
                fingerprint + "|" + settings + "|" + seed);
        training.run(manager, model.distinctWeights(), progress, step -> accumulate(step, orders));
        return training;
    }

    private double accumulate(long step, List<EpochOrder> orders) {
        double sum = 0;
        for (int part = 0; part < settings.accumulation(); part++) {
            long batch = step * settings.accumulation() + part;
            sum += backward(drawn(batch, orders), 1.0 / settings.accumulation());
        }
        return sum / settings.accumulation();
    }

    /** A batch's sequences by domain: the rows of a shuffled epoch, one after the other. */
    private List<List<TokenSequence>> drawn(long batch, List<EpochOrder> orders) {
        List<List<TokenSequence>> drawn = new ArrayList<>();
        for (int d = 0; d < domains.size(); d++) {
            List<TokenSequence> all = domains.get(d).sequences();
            List<TokenSequence> some = new ArrayList<>();
            for (int i = 0; i < settings.batchSize(); i++) {
                some.add(all.get(orders.get(d).row(batch * settings.batchSize() + i)));
            }
            drawn.add(some);
        }
        return drawn;
    }

    private double backward(List<List<TokenSequence>> byDomain, double share) {
        try (NDManager scope = manager.newSubManager()) {
            List<TokenSequence> all = byDomain.stream().flatMap(List::stream).toList();
            SequenceBatch batch = SequenceBatch.of(scope, all);
            int[] domainOf = IntStream.range(0, domains.size())
                    .flatMap(d -> byDomain.get(d).stream().mapToInt(sequence -> d))
                    .toArray();
            float[] weight = new float[batch.owners().length];
            List<Integer> regularised = new ArrayList<>(); // rows that the regulariser looks at
            for (int row = 0; row < weight.length; row++) {
                Domain domain = domains.get(domainOf[batch.owners()[row]]);
                weight[row] = (float) domain.languageWeight();
                if (domain.lambda() > 0) {
                    regularised.add(row);
                }
            }
            NDArray weights = scope.create(weight);
            if (snapshot.isEmpty() || regularised.isEmpty()) {
                return Autograd.backward(
                        () -> script.forwardWithGradients(
                                "language",
                                batch.ids(),
                                batch.rows(),
                                batch.targets(),
                                weights,
                                compute,
                                model.dims(),
                                model.real(),
                                model.frequencies(),
                                model.weightArray()),
                        share);
            }
            List<TokenSequence> judged = IntStream.range(0, all.size())
                    .filter(s -> domains.get(domainOf[s]).lambda() > 0)
                    .mapToObj(all::get)
                    .toList();
            SequenceBatch policy = SequenceBatch.of(scope, judged);
            float[] strength = new float[regularised.size()];
            for (int i = 0; i < strength.length; i++) {
                strength[i] = (float) domains.get(domainOf[batch.owners()[regularised.get(i)]])
                        .lambda();
            }
            Snapshot q = snapshot.get();
            return Autograd.backward(
                    () -> script.forwardWithGradients(
                            "regularised",
                            batch.ids(),
                            batch.rows(),
                            batch.targets(),
                            weights,
                            policy.ids(),
                            policy.rows(),
                            scope.create(
                                    IntStream.of(policy.firsts()).asLongStream().toArray()),
                            scope.create(regularised.stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray()),
                            scope.create(strength),
                            delta,
                            backward,
                            compute,
                            model.dims(),
                            model.real(),
                            model.frequencies(),
                            q.auxiliary().dims(),
                            q.auxiliary().real(),
                            q.auxiliary().frequencies(),
                            model.weightArray(),
                            q.lm().weightArray(),
                            q.auxiliary().weightArray()),
                    share);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
