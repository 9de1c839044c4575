package dev.temper.training.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CheckpointWriter;
import dev.temper.runtime.lm.ClassificationHead;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.optim.AdamW;
import dev.temper.training.optim.LearningRateSchedule;
import dev.temper.training.optim.TensorStore;
import dev.temper.training.optim.TrainingCheckpoint;
import dev.temper.training.progress.MetricsLog;
import dev.temper.training.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Fine-tunes a base checkpoint to a toxicity scorer: cross-entropy on labels, AdamW, warm-up and cosine, a look at the
 * held-out rows every so many steps, and the weights of the best look kept.
 *
 * <p>Started again with the same arguments after a kill, it goes on from its last checkpoint with the same numbers as if
 * it had not been killed.
 */
public final class ClassifierTraining {
    private static final ElementType STORED_AS = ElementType.BFLOAT16;
    private static final int MOST_BAD_STEPS_IN_A_ROW = 20;
    private static final double LOSS_SMOOTHING = 0.98;
    private static final double FINAL_LEARNING_RATE_SHARE = 0.05;

    private final TorchRuntime runtime;
    private final Progress.Factory progress;

    public ClassifierTraining(TorchRuntime runtime, Progress.Factory progress) {
        this.runtime = runtime;
        this.progress = progress;
    }

    /**
     * Trains and saves.
     *
     * @param base a folder of the Llama family
     * @param target folder of the classifier: Hugging Face files in bfloat16, and {@code temper.json} with provenance
     * @param generator where to save also the language model that the training leaves behind; empty = nowhere
     * @param work folder of the checkpoint and of {@code metrics.jsonl}; made if need be
     * @throws TemperException if data or settings are bad, or the training diverges
     */
    public ClassifierReport run(
            ModelFolder base,
            ClassifierData files,
            ClassifierSettings settings,
            Path target,
            Optional<Path> generator,
            Path work) {
        if (generator.isPresent()) {
            base.require(ModelKind.CAUSAL_LM);
        }
        int positions = base.llama().shape().maxPositions();
        if (settings.maxTokens() > positions) {
            throw new TemperException("max-tokens " + settings.maxTokens() + " is more than the " + positions
                    + " positions of the base model; choose at most that");
        }
        TrainingData data;
        try (Tokenizer tokenizer = Tokenizer.loadTruncating(base.path(), settings.maxTokens())) {
            data = TrainingData.read(files, tokenizer, settings.seed());
        }
        try (ClassifierModel model =
                ClassifierModel.load(runtime.newManager(), base, settings.computeType(), settings.seed())) {
            Files.createDirectories(work);
            return train(base, model, data, settings, target, generator, work);
        } catch (IOException e) {
            throw new TemperException("cannot make folder " + work + " (" + e + "); name another --work folder", e);
        }
    }

    private ClassifierReport train(
            ModelFolder base,
            ClassifierModel model,
            TrainingData data,
            ClassifierSettings settings,
            Path target,
            Optional<Path> generator,
            Path work) {
        NDManager scope = model.newScope();
        TensorStore store = new TensorStore(scope);
        AdamW adamW = new AdamW(scope, model.weights(), settings.optimizer());
        List<NDArray> best = model.zerosLikeWeights(scope);
        TrainingCheckpoint checkpoint = new TrainingCheckpoint(
                work.resolve("checkpoint.safetensors"),
                ClassifierManifest.fingerprint(base, data, settings),
                store,
                Map.of("weights", model.weights(), "best", best),
                adamW);
        HeldOutJudge judge = new HeldOutJudge(data.sources(), settings.evaluationRows(), settings.seed());
        TrainingState state = checkpoint.restore(scope, TrainingState::ofTexts).orElse(TrainingState.START);
        try (adamW;
                MetricsLog log = MetricsLog.continueAfter(work.resolve("metrics.jsonl"), state.step())) {
            Loop loop = new Loop(model, adamW, data, settings, judge, store, best, checkpoint, log);
            state = loop.run(state);
        }
        store.copy(best, model.weights());
        store.round(model.weights(), STORED_AS); // so that what is reported is what is stored
        ClassifierReport report = new ClassifierReport(
                state.step(), state.bestStep(), data.training().size(), judge.report(model));
        CheckpointWriter.writeClassifier(
                target,
                base,
                new ClassificationHead(ClassifierModel.LABELS, ClassificationHead.Problem.SINGLE_LABEL),
                model.weights(),
                STORED_AS,
                ClassifierManifest.of(base, data, settings, report));
        generator.ifPresent(folder -> ClassifierGenerator.write(
                folder,
                base,
                model.weights(),
                STORED_AS,
                scope,
                ClassifierManifest.of(base, data, settings, report).put("kind", "generator-of-scorer")));
        checkpoint.delete();
        return report;
    }

    /** The steps of one training. */
    private final class Loop {
        private final ClassifierModel model;
        private final AdamW adamW;
        private final ClassifierSettings settings;
        private final HeldOutJudge judge;
        private final TensorStore store;
        private final List<NDArray> best;
        private final TrainingCheckpoint checkpoint;
        private final MetricsLog log;
        private final LengthBuckets buckets;
        private final long totalSteps;
        private final LearningRateSchedule schedule;
        private double smoothLoss = Double.NaN; // for the eye only
        private int badStepsInARow;

        Loop(
                ClassifierModel model,
                AdamW adamW,
                TrainingData data,
                ClassifierSettings settings,
                HeldOutJudge judge,
                TensorStore store,
                List<NDArray> best,
                TrainingCheckpoint checkpoint,
                MetricsLog log) {
            this.model = model;
            this.adamW = adamW;
            this.settings = settings;
            this.judge = judge;
            this.store = store;
            this.best = best;
            this.checkpoint = checkpoint;
            this.log = log;
            this.buckets = new LengthBuckets(data.training(), settings.batchSize(), settings.seed());
            this.totalSteps = (long) buckets.batchesPerEpoch() * settings.epochs();
            this.schedule = new LearningRateSchedule(
                    settings.learningRate(),
                    Math.round(settings.warmupShare() * totalSteps),
                    totalSteps,
                    FINAL_LEARNING_RATE_SHARE);
        }

        TrainingState run(TrainingState from) {
            TrainingState state = from;
            int perEpoch = buckets.batchesPerEpoch();
            try (Progress bar = progress.start("train-classifier", "steps", totalSteps)) {
                bar.reached(state.step());
                List<List<EncodedRow>> batches = List.of();
                long loaded = -1;
                while (state.step() < totalSteps && state.looksSinceBest() < settings.patience()) {
                    long epoch = state.step() / perEpoch;
                    if (epoch != loaded) {
                        batches = buckets.epoch(epoch);
                        loaded = epoch;
                    }
                    step(state.step(), batches.get((int) (state.step() % perEpoch)));
                    state = lookAndSave(state.stepped());
                    bar.say(message(state));
                    bar.reached(state.step());
                }
            }
            return state;
        }

        private void step(long step, List<EncodedRow> batch) {
            double loss = model.backward(batch);
            double learningRate = schedule.at(step);
            double norm = adamW.step(learningRate);
            badStepsInARow = Double.isFinite(norm) ? 0 : badStepsInARow + 1;
            if (badStepsInARow > MOST_BAD_STEPS_IN_A_ROW) {
                throw new TemperException("the training diverged: " + badStepsInARow + " gradients in a row are not"
                        + " finite (step " + step + "); lower --learning-rate or use --precision float32");
            }
            smoothLoss = Double.isNaN(smoothLoss) ? loss : LOSS_SMOOTHING * smoothLoss + (1 - LOSS_SMOOTHING) * loss;
            log.write(step + 1, line -> line.put("loss", loss)
                    .put("learning_rate", learningRate)
                    .put("gradient_norm", norm));
        }

        private TrainingState lookAndSave(TrainingState stepped) {
            TrainingState state = stepped;
            boolean last = state.step() == totalSteps;
            if (last || state.step() % settings.evaluateEvery() == 0) {
                double rocAuc = judge.look(model);
                log.write(state.step(), line -> line.put("held_out_roc_auc", rocAuc));
                state = state.looked(rocAuc);
                if (state.bestStep() == state.step()) {
                    store.copy(model.weights(), best);
                }
            }
            if (last || state.step() % settings.checkpointEvery() == 0) {
                log.flush();
                checkpoint.save(state.step(), state.toTexts());
            }
            return state;
        }

        private String message(TrainingState state) {
            String auc = state.bestRocAuc() < 0 ? "-" : String.format(Locale.ROOT, "%.4f", state.bestRocAuc());
            return String.format(Locale.ROOT, "loss %.4f, best AUC %s", smoothLoss, auc);
        }
    }
}
