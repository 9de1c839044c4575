package dev.temper.training.regularise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.WeightPlan;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.training.decoder.LoraAdapter;
import dev.temper.training.decoder.SequenceBatch;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.optim.ResumableTraining;
import dev.temper.training.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One iteration of fine-tuning: L = Σ_d w_d L_LM + λ_d D(p, q), with q of a snapshot of the language model and its
 * auxiliary model; without, it is plain fine-tuning. Started again with the same arguments after a kill, it goes on with
 * the same numbers.
 *
 * <p>Used by one thread; it does not own the model. The optimiser's moments begin anew with each iteration.
 */
final class FineTuning implements AutoCloseable {
    private final TrainableDecoder model;
    private final Optional<Targets> targets;
    private final List<Domain> domains;
    private final FineTuneSettings settings;
    private final long seed;
    private final Optional<LoraAdapter> adapter;
    private final NDManager manager;
    private final Script script;
    private final NDArray compute;
    private final NDArray backward;

    /**
     * @param model is changed in place, unless it is adapted at low rank
     * @param plan of the model's weights
     * @param targets q, of the same domains, settings and seed; without effect where no domain has a λ above 0
     * @param seed of the order of the data, and of an adapter's first values
     */
    FineTuning(
            TrainableDecoder model,
            WeightPlan plan,
            Optional<Targets> targets,
            List<Domain> domains,
            FineTuneSettings settings,
            long seed) {
        this.model = model;
        this.seed = seed;
        this.targets = targets.filter(q -> domains.stream().anyMatch(domain -> domain.lambda() > 0));
        this.domains = List.copyOf(domains);
        this.settings = settings;
        this.manager = model.newScope();
        this.adapter =
                settings.lora().map(lora -> new LoraAdapter(manager, model, plan, lora, seed).requiringGradients());
        if (adapter.isEmpty()) {
            model.requiringGradients();
        }
        List<String> texts = new ArrayList<>(model.texts());
        texts.addAll(List.of("training/nado.py", "training/lora.py"));
        this.script = Script.compile(manager, texts, "training/finetune.py");
        this.compute = model.computing(settings.computeType());
        this.backward = manager.create(new long[] {settings.divergence() == Divergence.REVERSE ? 1 : 0});
    }

    /**
     * Runs the iteration's steps.
     *
     * @param work folder of the checkpoint and of {@code metrics.jsonl}
     * @param fingerprint of everything else that the course of the training depends on
     * @return whose checkpoint is to be deleted when the result is saved
     */
    ResumableTraining run(Path work, String fingerprint, Progress.Factory progress) {
        ResumableTraining training = new ResumableTraining(
                "fine-tune",
                settings.steps(),
                settings.learningRate(),
                settings.weightDecay(),
                settings.checkpointEvery(),
                work,
                fingerprint + "|" + settings + "|" + seed);
        DomainBatches batches = new DomainBatches(domains, settings.batchSize(), seed);
        training.run(manager, trained(), progress, step -> accumulate(step, batches));
        return training;
    }

    private List<NDArray> trained() {
        return adapter.map(LoraAdapter::trained).orElseGet(model::distinctWeights);
    }

    /** The weights that the training has made, in the order of the plan; they live as long as this. */
    List<NDArray> result() {
        return adapter.map(lora -> lora.merged(manager)).orElseGet(model::weights);
    }

    private double loss(String method, Object[] arguments, double share) {
        Object[] weights = adapter.map(LoraAdapter::arguments).orElseGet(() -> new Object[] {model.weightArray()});
        Object[] all = Stream.concat(Stream.of(arguments), Stream.of(weights)).toArray();
        String name = adapter.isPresent() ? "adapted_" + method : method;
        return Autograd.backward(() -> script.forwardWithGradients(name, all), share);
    }

    private double accumulate(long step, DomainBatches batches) {
        double sum = 0;
        for (int part = 0; part < settings.accumulation(); part++) {
            long batch = step * settings.accumulation() + part;
            sum += backward(batch, batches.draw(batch), 1.0 / settings.accumulation());
        }
        return sum / settings.accumulation();
    }

    /** Leaves a share of a batch's gradients on what is trained. */
    double backward(long number, DomainBatches.Drawn drawn, double share) {
        try (NDManager scope = manager.newSubManager()) {
            SequenceBatch batch = SequenceBatch.of(scope, drawn.sequences());
            float[] weight = new float[batch.owners().length];
            LongStream.Builder at = LongStream.builder(); // rows that the regulariser looks at
            List<Float> strength = new ArrayList<>();
            for (int row = 0; row < weight.length; row++) {
                Domain domain = drawn.domains().get(batch.owners()[row]);
                weight[row] = (float) domain.languageWeight();
                if (domain.lambda() > 0) {
                    at.add(row);
                    strength.add((float) domain.lambda());
                }
            }
            NDArray weights = scope.create(weight);
            if (targets.isEmpty()) {
                Object[] arguments = {
                    batch.ids(),
                    batch.rows(),
                    batch.targets(),
                    weights,
                    compute,
                    model.dims(),
                    model.real(),
                    model.frequencies()
                };
                return loss("language", arguments, share);
            }
            float[] strengths = new float[strength.size()];
            for (int i = 0; i < strengths.length; i++) {
                strengths[i] = strength.get(i);
            }
            try (NDArray logQ = targets.get().take(number)) {
                Object[] arguments = {
                    batch.ids(),
                    batch.rows(),
                    batch.targets(),
                    weights,
                    scope.create(at.build().toArray()),
                    scope.create(strengths),
                    logQ,
                    backward,
                    compute,
                    model.dims(),
                    model.real(),
                    model.frequencies()
                };
                return loss("regularised", arguments, share);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
