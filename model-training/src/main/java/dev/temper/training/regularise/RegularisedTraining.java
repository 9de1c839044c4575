package dev.temper.training.regularise;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CheckpointWriter;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.nado.AuxiliaryModel;
import dev.temper.training.nado.AuxiliaryReport;
import dev.temper.training.nado.AuxiliaryTraining;
import dev.temper.training.nado.LabelledSequence;
import dev.temper.training.optim.ResumableTraining;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tunes a model towards the closest distribution that satisfies a policy (Meng et al., 2024).
 *
 * <pre>
 * sequential:  for t = 1..N   R_t from samples of p_{t-1};  p_t from p_{t-1} against q(p_{t-1}, R_t)
 * parallel:    R_0 from samples of p_0;  for t = 1..N at the same time
 *                R_t from samples of p_{t-1}   |   p_t from p_{t-1} against q(p_{t-1}, R_{t-1})
 * reinforce:   for t = 1..N   p_t from p_{t-1} by the rewards of samples of p_{t-1}
 * </pre>
 *
 * <p>Each p_t and R_t is a folder below the work folder that appears whole when it is done; so a killed training, started
 * again with the same arguments, goes on within the iteration where it was.
 */
public final class RegularisedTraining {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TorchRuntime runtime;
    private final ModelFolder base;
    private final List<Domain> domains;
    private final SampleSource samples;
    private final RegularisedSettings settings;
    private final Path work;
    private final String fingerprint;
    private final Progress.Factory progress;
    private final PhaseTimes times;

    /**
     * @param work folder of everything that is not the result; made if need be
     * @param fingerprint of the data: another one is another training
     */
    public RegularisedTraining(
            TorchRuntime runtime,
            ModelFolder base,
            List<Domain> domains,
            SampleSource samples,
            RegularisedSettings settings,
            Path work,
            String fingerprint,
            Progress.Factory progress) {
        this.runtime = runtime;
        this.base = base;
        this.domains = List.copyOf(domains);
        this.samples = samples;
        this.settings = settings;
        this.work = work;
        this.fingerprint = base.weightsHash() + "|" + fingerprint + "|" + settings + "|"
                + domains.stream()
                        .map(d -> d.name() + ":" + d.sequences().size() + ":" + d.languageWeight() + ":" + d.lambda())
                        .toList();
        this.progress = progress;
        this.times = new PhaseTimes(work.resolve("phases.jsonl"));
    }

    /**
     * Runs all iterations.
     *
     * @return the folder of the last p, in float32
     */
    public ModelFolder run() {
        refuseOtherTraining();
        if (settings.algorithm() == Algorithm.PARALLEL) {
            trainAuxiliary(0, base, () -> {});
        }
        for (int t = 1; t <= settings.iterations(); t++) {
            switch (settings.algorithm()) {
                case PLAIN -> fineTunePlainly(t);
                case SEQUENTIAL -> {
                    trainAuxiliary(t, model(t - 1), () -> {});
                    regularise(t, t, targets -> {});
                }
                case PARALLEL -> iterateInParallel(t);
                case REINFORCE -> reinforce(t);
            }
        }
        return model(settings.iterations());
    }

    /**
     * Two workers. The second computes the first one's targets between the steps of its own training and after it, so
     * that the first does little more than plain fine-tuning. The last iteration's R would steer nothing any more, and is
     * left out.
     */
    private void iterateInParallel(int t) {
        ModelFolder before = model(t - 1);
        CompletableFuture<Optional<Targets>> wanted = new CompletableFuture<>();
        CompletableFuture<Void> other = CompletableFuture.runAsync(
                () -> {
                    if (t < settings.iterations()) {
                        trainAuxiliary(
                                t, before, () -> wanted.getNow(Optional.empty()).ifPresent(Targets::computeAhead));
                    }
                    wanted.join().ifPresent(Targets::computeUntilClosed);
                },
                task -> new Thread(task, "auxiliary").start());
        RuntimeException first = failureOf(() -> {
            try {
                regularise(t, t - 1, targets -> wanted.complete(Optional.of(targets)));
            } finally {
                wanted.complete(Optional.empty()); // if none came, none will
            }
        });
        RuntimeException second = failureOf(other::join);
        if (first != null && second != null) {
            first.addSuppressed(second);
        }
        if (first != null || second != null) {
            throw Objects.requireNonNull(first != null ? first : second);
        }
    }

    /** What a worker threw; both are waited for before either is reported. */
    private static @Nullable RuntimeException failureOf(Runnable worker) {
        try {
            worker.run();
            return null;
        } catch (CompletionException e) {
            return e.getCause() instanceof RuntimeException cause ? cause : e;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** Another training's folders would pass for this one's. */
    private void refuseOtherTraining() {
        Path file = work.resolve("training.txt");
        try {
            Files.createDirectories(work);
            if (!Files.exists(file)) {
                Files.writeString(file, fingerprint);
            } else if (!Files.readString(file).equals(fingerprint)) {
                throw new TemperException("work folder " + work
                        + " belongs to a training with another base, other data or other settings; repeat those to"
                        + " resume it, or name another folder");
            }
        } catch (IOException e) {
            throw new TemperException("cannot use work folder " + work + " (" + e + "); name another", e);
        }
    }

    private Path iteration(int t) {
        return work.resolve(String.format(java.util.Locale.ROOT, "iteration-%03d", t));
    }

    private ModelFolder model(int t) {
        return t == 0 ? base : ModelFolder.open(iteration(t).resolve("model"));
    }

    private Path samplesOf(int t) {
        return iteration(t).resolve("samples.jsonl");
    }

    private ModelFolder auxiliary(int t) {
        return ModelFolder.open(iteration(t).resolve("auxiliary"));
    }

    /** @param beside what else the thread has to do, called between steps */
    private void trainAuxiliary(int t, ModelFolder lm, Runnable beside) {
        Path target = iteration(t).resolve("auxiliary");
        if (Files.exists(target)) {
            return;
        }
        List<LabelledSequence> labelled = sampled(t, lm);
        boolean first = !Files.exists(iteration(t - 1).resolve("auxiliary"));
        times.measure("train-auxiliary", t, () -> {
            try (TrainableDecoder frozen = load(lm);
                    TrainableDecoder auxiliary = first
                            ? AuxiliaryModel.create(
                                    runtime.newManager(),
                                    base,
                                    settings.auxiliary().layers())
                            : AuxiliaryModel.load(runtime.newManager(), auxiliary(t - 1));
                    AuxiliaryTraining training = new AuxiliaryTraining(auxiliary, frozen, settings.auxiliary())) {
                AuxiliaryReport report = training.run(
                        labelled,
                        settings.seed() + t,
                        folder(iteration(t), "train-auxiliary"),
                        fingerprint,
                        progress,
                        beside);
                ObjectNode manifest = JSON.createObjectNode().put("kind", "auxiliary");
                manifest.set("report", JSON.valueToTree(report));
                AuxiliaryModel.save(target, base, auxiliary, manifest);
                return report;
            }
        });
    }

    /** Samples of an iteration; once drawn, they stay. */
    private List<LabelledSequence> sampled(int t, ModelFolder lm) {
        Path file = samplesOf(t);
        if (!Files.exists(file)) {
            List<LabelledSequence> drawn = times.measure("sample", t, () -> samples.sample(lm, settings.seed() + t));
            SampleFile.write(file, drawn);
        }
        return SampleFile.read(file);
    }

    private void fineTunePlainly(int t) {
        if (!Files.exists(iteration(t).resolve("model"))) {
            times.measure("fine-tune", t, () -> fineTune(t, model(t - 1), domains, Optional.empty()));
        }
    }

    /**
     * @param r the iteration of the auxiliary model, and of the samples that it has learnt from
     * @param offered is told of the targets, which another worker may compute from then on
     */
    private void regularise(int t, int r, Consumer<Targets> offered) {
        if (Files.exists(iteration(t).resolve("model"))) {
            return;
        }
        ModelFolder before = model(t - 1);
        List<Domain> regularised = withSamples(r);
        times.measure("fine-tune", t, () -> {
            FineTuneSettings numbers = settings.fineTune();
            try (TrainableDecoder frozen = load(before);
                    TrainableDecoder auxiliary = AuxiliaryModel.load(runtime.newManager(), auxiliary(r));
                    Targets targets = new Targets(
                            new ClosestDistribution.Snapshot(frozen, auxiliary),
                            regularised,
                            numbers,
                            settings.seed() + t,
                            (long) numbers.steps() * numbers.accumulation())) {
                offered.accept(targets);
                return fineTune(t, before, regularised, Optional.of(targets));
            }
        });
    }

    /** The domains, and the samples as one more where they are to be regularised too. */
    private List<Domain> withSamples(int r) {
        if (settings.samplesLambda() == 0) {
            return domains;
        }
        List<TokenSequence> sequences = SampleFile.read(samplesOf(r)).stream()
                .map(LabelledSequence::sequence)
                .toList();
        return Stream.concat(domains.stream(), Stream.of(new Domain("samples", sequences, 0, settings.samplesLambda())))
                .toList();
    }

    private Path fineTune(int t, ModelFolder before, List<Domain> learnt, Optional<Targets> targets) {
        Path target = iteration(t).resolve("model");
        try (TrainableDecoder model = load(before);
                FineTuning training = new FineTuning(
                        model, before.weightPlan(), targets, learnt, settings.fineTune(), settings.seed() + t)) {
            ResumableTraining done = training.run(folder(iteration(t), "fine-tune"), fingerprint, progress);
            save(target, training.result(), iterationManifest(t));
            done.deleteCheckpoint();
            return target;
        }
    }

    private void reinforce(int t) {
        Path target = iteration(t).resolve("model");
        if (Files.exists(target)) {
            return;
        }
        ModelFolder before = model(t - 1);
        List<LabelledSequence> sampled = sampled(t, before);
        if (sampled.isEmpty()) {
            throw new TemperException("the model gave no answer to learn from; look at the prompts and max_new_tokens");
        }
        double reward = sampled.stream()
                .mapToDouble(LabelledSequence::satisfied)
                .average()
                .orElseThrow();
        times.measure("reinforce", t, () -> {
            try (TrainableDecoder model = load(before);
                    TrainableDecoder frozen = load(before);
                    TrainableDecoder near = load(base);
                    PolicyGradient training =
                            new PolicyGradient(model, frozen, near, settings.reinforce(), settings.fineTune())) {
                ResumableTraining done = training.run(
                        PolicySample.of(sampled),
                        settings.seed() + t,
                        folder(iteration(t), "reinforce"),
                        fingerprint,
                        progress);
                save(target, model.weights(), iterationManifest(t).put("mean_reward_before", reward));
                done.deleteCheckpoint();
                return target;
            }
        });
    }

    private static ObjectNode iterationManifest(int t) {
        return JSON.createObjectNode().put("kind", "iteration").put("iteration", t);
    }

    private void save(Path target, List<NDArray> weights, ObjectNode manifest) {
        CheckpointWriter.writeCausalLm(target, base, weights, ElementType.FLOAT32, manifest);
    }

    private TrainableDecoder load(ModelFolder folder) {
        return TrainableDecoder.load(runtime.newManager(), folder, folder.weightPlan());
    }

    private static Path folder(Path parent, String name) {
        Path folder = parent.resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new TemperException("cannot make folder " + folder + " (" + e + "); name another work folder", e);
        }
    }
}
