package dev.temper.training.nado;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.training.data.EpochOrder;
import dev.temper.training.decoder.SequenceBatch;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.metrics.Ranking;
import dev.temper.training.optim.ResumableTraining;
import dev.temper.training.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Trains R on samples of a frozen language model: L = L_CE + λ L_reg (NADO, Meng et al., 2022), by AdamW with warm-up and
 * cosine. Started again with the same arguments after a kill, it goes on with the same numbers.
 *
 * <p>Used by one thread; it does not own the models.
 */
public final class AuxiliaryTraining implements AutoCloseable {
    private static final int HELD_OUT_ONE_IN = 10;
    private static final int JUDGED_AT_ONCE = 64;

    private final TrainableDecoder auxiliary;
    private final TrainableDecoder lm;
    private final AuxiliarySettings settings;
    private final NDManager manager;
    private final Script script;
    private final NDArray compute;
    private final NDArray strength;

    /** @param lm the model that the samples are of, of the auxiliary model's family */
    public AuxiliaryTraining(TrainableDecoder auxiliary, TrainableDecoder lm, AuxiliarySettings settings) {
        this.auxiliary = auxiliary.requiringGradients();
        this.lm = lm;
        this.settings = settings;
        this.manager = auxiliary.newScope();
        List<String> texts = new ArrayList<>(lm.texts());
        texts.add("training/nado.py");
        this.script = Script.compile(manager, texts, "training/auxiliary.py");
        this.compute = auxiliary.computing(settings.computeType());
        this.strength = manager.create((float) settings.consistency());
    }

    /**
     * Trains.
     *
     * @param samples every tenth judges, the others are learnt from; at least 20
     * @param work folder of the checkpoint and of {@code metrics.jsonl}
     * @param fingerprint of everything else that the course of the training depends on
     */
    public AuxiliaryReport run(
            List<LabelledSequence> samples, long seed, Path work, String fingerprint, Progress.Factory progress) {
        return run(samples, seed, work, fingerprint, progress, () -> {});
    }

    /**
     * Trains.
     *
     * @param beside what else this thread has to do, called before each step
     * @see #run(List, long, Path, String, Progress.Factory)
     */
    public AuxiliaryReport run(
            List<LabelledSequence> samples,
            long seed,
            Path work,
            String fingerprint,
            Progress.Factory progress,
            Runnable beside) {
        List<LabelledSequence> heldOut = IntStream.range(0, samples.size())
                .filter(i -> i % HELD_OUT_ONE_IN == 0)
                .mapToObj(samples::get)
                .toList();
        List<LabelledSequence> learnt = IntStream.range(0, samples.size())
                .filter(i -> i % HELD_OUT_ONE_IN != 0)
                .mapToObj(samples::get)
                .toList();
        int perEpoch = (learnt.size() + settings.batchSize() - 1) / settings.batchSize();
        long steps = (long) perEpoch * settings.epochs();
        EpochOrder order = new EpochOrder(learnt.size(), seed);
        ResumableTraining training = new ResumableTraining(
                "train-auxiliary",
                steps,
                settings.learningRate(),
                settings.weightDecay(),
                settings.checkpointEvery(),
                work,
                fingerprint + "|" + settings + "|" + seed + "|" + samples.size());
        training.run(manager, auxiliary.distinctWeights(), progress, step -> {
            beside.run();
            return backward(batch(learnt, step, order));
        });
        AuxiliaryReport report = judge(heldOut, steps, learnt.size());
        training.deleteCheckpoint();
        return report;
    }

    private List<LabelledSequence> batch(List<LabelledSequence> samples, long step, EpochOrder order) {
        return LongStream.range(step * settings.batchSize(), (step + 1) * settings.batchSize())
                .mapToObj(draw -> samples.get(order.row(draw)))
                .toList();
    }

    /** Leaves the gradients of a batch's loss on the auxiliary model's weights. */
    double backward(List<LabelledSequence> samples) {
        try (NDManager scope = manager.newSubManager()) {
            SequenceBatch batch = batchOf(scope, samples);
            float[] labels = new float[batch.owners().length];
            IntStream.Builder later = IntStream.builder();
            for (int row = 0; row < labels.length; row++) {
                labels[row] = samples.get(batch.owners()[row]).satisfied();
                if (row != batch.firsts()[row]) {
                    later.add(row);
                }
            }
            NDArray laterRows = scope.create(later.build().asLongStream().toArray());
            return Autograd.backward(() -> script.forwardWithGradients(
                    "loss",
                    batch.ids(),
                    batch.rows(),
                    batch.targets(),
                    scope.create(labels),
                    laterRows,
                    strength,
                    compute,
                    lm.dims(),
                    lm.real(),
                    lm.frequencies(),
                    auxiliary.dims(),
                    auxiliary.real(),
                    auxiliary.frequencies(),
                    lm.weightArray(),
                    auxiliary.weightArray()));
        }
    }

    private static SequenceBatch batchOf(NDManager scope, List<LabelledSequence> samples) {
        List<TokenSequence> sequences =
                samples.stream().map(LabelledSequence::sequence).toList();
        return SequenceBatch.of(scope, sequences);
    }

    /** R after the prompt and after the whole answer, of each sample: [samples][2]. */
    private double[][] values(List<LabelledSequence> samples) {
        double[][] values = new double[samples.size()][2];
        for (int from = 0; from < samples.size(); from += JUDGED_AT_ONCE) {
            List<LabelledSequence> some = samples.subList(from, Math.min(from + JUDGED_AT_ONCE, samples.size()));
            try (NDManager scope = manager.newSubManager()) {
                SequenceBatch batch = batchOf(scope, some);
                float[] all = script.call(
                                scope,
                                "values",
                                batch.ids(),
                                batch.rows(),
                                batch.targets(),
                                compute,
                                auxiliary.dims(),
                                auxiliary.real(),
                                auxiliary.frequencies(),
                                auxiliary.weightArray())
                        .toFloatArray();
                for (int row = 0; row < all.length; row++) {
                    double[] ofSample = values[from + batch.owners()[row]];
                    if (row == batch.firsts()[row]) {
                        ofSample[0] = all[row];
                    }
                    ofSample[1] = all[row]; // the last row stays
                }
            }
        }
        return values;
    }

    private AuxiliaryReport judge(List<LabelledSequence> heldOut, long steps, int learnt) {
        double[][] values = values(heldOut);
        double[] labels =
                heldOut.stream().mapToDouble(LabelledSequence::satisfied).toArray();
        double crossEntropy = IntStream.range(0, labels.length)
                .mapToDouble(i -> -(labels[i] * Math.log(values[i][1]) + (1 - labels[i]) * Math.log1p(-values[i][1])))
                .average()
                .orElse(Double.NaN);
        return new AuxiliaryReport(
                steps,
                learnt,
                labels.length,
                java.util.Arrays.stream(labels).average().orElse(Double.NaN),
                crossEntropy,
                rocAuc(values, 1, labels),
                rocAuc(values, 0, labels));
    }

    private static double rocAuc(double[][] values, int column, double[] labels) {
        double[] scores = java.util.Arrays.stream(values)
                .mapToDouble(value -> value[column])
                .toArray();
        boolean[] positive = new boolean[labels.length];
        IntStream.range(0, labels.length).forEach(i -> positive[i] = labels[i] >= 0.5);
        return Ranking.rocAuc(positive, scores);
    }

    @Override
    public void close() {
        manager.close();
    }
}
