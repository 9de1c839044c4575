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
import java.util.stream.LongStream;

/**
 * One iteration of the reinforcement-learning baseline, REINFORCE (Williams, 1992) with a KL penalty to the base:
 *
 * <pre>
 * J(θ) = E_{y ~ pθ}[reward(y)] - kl · Σ_i KL(pθ(·|y_&lt;i) ‖ p_base(·|y_&lt;i))
 * ∇E   = E[A(y) Σ_i ∇ log pθ(y_i|y_&lt;i)],   A: {@link PolicySample}
 * </pre>
 *
 * Samples were drawn before the iteration's steps; what has moved since is weighed in, and cut off, as in PPO (Schulman et
 * al., 2017): min(ρA, clip(ρ, 1-ε, 1+ε)A), ρ = pθ(y_i)/p_sampled(y_i). At the first step that is REINFORCE itself.
 *
 * <p>Started again with the same arguments after a kill, it goes on with the same numbers. Used by one thread; it does not
 * own the models.
 */
final class PolicyGradient implements AutoCloseable {
    private final TrainableDecoder model;
    private final TrainableDecoder sampled;
    private final TrainableDecoder base;
    private final FineTuneSettings settings;
    private final NDManager manager;
    private final Script script;
    private final NDArray compute;
    private final NDArray strengths;

    /**
     * @param model is changed in place
     * @param sampled the model that the samples are of, frozen
     * @param base the model to stay near, frozen
     */
    PolicyGradient(
            TrainableDecoder model,
            TrainableDecoder sampled,
            TrainableDecoder base,
            ReinforceSettings reinforce,
            FineTuneSettings settings) {
        this.model = model.requiringGradients();
        this.sampled = sampled;
        this.base = base;
        this.settings = settings;
        this.manager = model.newScope();
        List<String> texts = new ArrayList<>(model.texts());
        texts.add("training/nado.py");
        this.script = Script.compile(manager, texts, "training/reinforce.py");
        this.compute = model.computing(settings.computeType());
        this.strengths = manager.create(new double[] {reinforce.kl(), reinforce.clip()});
    }

    /**
     * Runs the iteration's steps.
     *
     * @param seed of the order of the samples
     * @param work folder of the checkpoint and of {@code metrics.jsonl}
     * @param fingerprint of everything else that the course of the training depends on
     * @return whose checkpoint is to be deleted when the result is saved
     */
    ResumableTraining run(
            List<PolicySample> samples, long seed, Path work, String fingerprint, Progress.Factory progress) {
        ResumableTraining training = new ResumableTraining(
                "reinforce",
                settings.steps(),
                settings.learningRate(),
                settings.weightDecay(),
                settings.checkpointEvery(),
                work,
                fingerprint + "|" + settings + "|" + seed + "|" + samples.size());
        EpochOrder order = new EpochOrder(samples.size(), seed);
        training.run(manager, model.distinctWeights(), progress, step -> accumulate(step, samples, order));
        return training;
    }

    private double accumulate(long step, List<PolicySample> samples, EpochOrder order) {
        double sum = 0;
        for (int part = 0; part < settings.accumulation(); part++) {
            long batch = step * settings.accumulation() + part;
            List<PolicySample> drawn = LongStream.range(
                            batch * settings.batchSize(), (batch + 1) * settings.batchSize())
                    .mapToObj(draw -> samples.get(order.row(draw)))
                    .toList();
            sum += backward(drawn, 1.0 / settings.accumulation());
        }
        return sum / settings.accumulation();
    }

    /** Leaves a share of the gradients of a batch's -J on the model's weights. */
    double backward(List<PolicySample> samples, double share) {
        try (NDManager scope = manager.newSubManager()) {
            List<TokenSequence> sequences =
                    samples.stream().map(PolicySample::sequence).toList();
            SequenceBatch batch = SequenceBatch.of(scope, sequences);
            float[] advantages = new float[batch.owners().length];
            for (int row = 0; row < advantages.length; row++) {
                advantages[row] = (float) samples.get(batch.owners()[row]).advantage();
            }
            return Autograd.backward(
                    () -> script.forwardWithGradients(
                            "loss",
                            batch.ids(),
                            batch.rows(),
                            batch.targets(),
                            scope.create(advantages),
                            strengths,
                            compute,
                            model.dims(),
                            model.real(),
                            model.frequencies(),
                            model.weightArray(),
                            sampled.weightArray(),
                            base.weightArray()),
                    share);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
