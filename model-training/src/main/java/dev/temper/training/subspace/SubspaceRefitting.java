package dev.temper.training.subspace;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceStatistics;
import dev.temper.runtime.sasa.SubspaceStatistics.Boundary;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.LabelledFile;
import dev.temper.training.progress.Progress;
import dev.temper.training.subspace.RefitResult.Evaluation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Adds reviewers' verdicts to what a subspace was fitted from, and solves anew: the sums make it the boundary that base
 * rows and verdicts together would have given. Judged beside the subspace that is in force, on rows and verdicts that
 * neither was fitted on. The same base, verdicts and weight give the same subspace.
 */
public final class SubspaceRefitting {
    /** Held-out verdicts of either label from which on they judge, too. */
    public static final int ENOUGH = 25;

    /** A verdict may count for this many rows, at most. */
    public static final int MOST_WEIGHT = 1_000;

    private static final int ROWS_AT_ONCE = 2_048;
    private static final double SAME_DIRECTION = 1e-3;

    private final TorchRuntime runtime;
    private final Progress.Factory progress;

    public SubspaceRefitting(TorchRuntime runtime, Progress.Factory progress) {
        this.runtime = runtime;
        this.progress = progress;
    }

    /**
     * What a refit is made of.
     *
     * @param base the subspace that the statistics gave
     * @param inForce what the new one is judged against
     * @param answers reviewed ones, each once
     * @param weight how many rows of the base one verdict counts for, from 1 to {@value #MOST_WEIGHT}
     * @param heldOut labelled files whose held-out rows judge
     */
    public record Input(
            Subspace base,
            SavedStatistics statistics,
            Subspace inForce,
            List<ReviewedAnswer> answers,
            int weight,
            List<Path> heldOut) {
        public Input {
            if (weight < 1 || weight > MOST_WEIGHT) {
                throw new IllegalArgumentException("weight must be from 1 to " + MOST_WEIGHT + ", not " + weight);
            }
            answers = answers.stream()
                    .filter(answer -> !statistics.verdicts().containsKey(answer.id()))
                    .sorted(Comparator.comparing(ReviewedAnswer::id))
                    .toList();
        }
    }

    /**
     * Fits and judges.
     *
     * @throws TemperException if the statistics are not the base's, or a file is bad or has no held-out rows of a class
     */
    public RefitResult refit(ModelFolder folder, Input input) {
        folder.require(ModelKind.CAUSAL_LM);
        SubspaceSettings settings = input.statistics().settings();
        List<DataFile> data = input.heldOut().stream()
                .map(file -> LabelledFile.read(file, row -> {}))
                .toList();
        try (Tokenizer tokenizer = Tokenizer.load(folder.path());
                CausalLm model = CausalLm.load(folder, runtime, settings.computeType(), LoadProgress.SILENT);
                NDManager scope = model.newScope();
                SubspaceStatistics sum =
                        new SubspaceStatistics(scope, model.shape().hidden());
                SubspaceStatistics added =
                        new SubspaceStatistics(scope, model.shape().hidden())) {
            sum.add(input.statistics().sums());
            requireSame(sum.fit(settings.cutoff()), input.base());
            TextEmbedding embedding =
                    new TextEmbedding(tokenizer, PromptEncoder.load(folder.path(), tokenizer), settings);
            HiddenStates reader = new HiddenStates(model, scope, settings.everyToken());
            HeldOutStates reviewed = new HeldOutStates();
            TreeMap<String, Boolean> counted = new TreeMap<>();
            int heldOut = readAnswers(input, embedding, new StateSplit(reader, added, reviewed), counted);
            sum.merge(added, input.weight());
            Boundary boundary = sum.fit(settings.cutoff());
            HeldOutStates labelled = readHeldOut(data, embedding, new HiddenStates(model, scope, false), added);
            Subspace subspace = subspace(input, boundary, sum, labelled, counted);
            TreeMap<String, Boolean> all = new TreeMap<>(input.statistics().verdicts());
            all.putAll(counted);
            int toxic = (int) counted.values().stream().filter(label -> label).count();
            return new RefitResult(
                    new FittedSubspace(
                            subspace,
                            new SavedStatistics(sum.sums(), settings, folder.modelId(), folder.weightsHash(), all)),
                    labelled.compare(input.inForce(), subspace),
                    reviewed.hasOfEach(ENOUGH)
                            ? Optional.of(reviewed.compare(input.inForce(), subspace))
                            : Optional.<Evaluation>empty(),
                    toxic,
                    counted.size() - toxic,
                    heldOut);
        }
    }

    /** Statistics and subspace lie in two files: one may have been exchanged without the other. */
    private static void requireSame(Boundary fitted, Subspace base) {
        double difference = Math.abs(fitted.offset() - base.offset());
        for (int i = 0; i < fitted.direction().length; i++) {
            difference = Math.max(difference, Math.abs(fitted.direction()[i] - base.direction()[i]));
        }
        if (!(difference < SAME_DIRECTION)) {
            throw new TemperException(
                    "the subspace's statistics give another boundary than the subspace has, so the two"
                            + " files do not belong together; fit it again with `temper fit-subspace`");
        }
    }

    /** @return how many were held out */
    private int readAnswers(Input input, TextEmbedding embedding, StateSplit split, Map<String, Boolean> counted) {
        List<EmbeddedText> waiting = new ArrayList<>();
        int heldOut = 0;
        try (Progress bar =
                progress.start("refit-subspace", "verdicts", input.answers().size())) {
            long seen = 0;
            for (ReviewedAnswer answer : input.answers()) {
                Optional<EmbeddedText> text = embedding.of(answer);
                text.ifPresent(waiting::add);
                if (text.isPresent() && text.get().heldOut()) {
                    heldOut++;
                } else if (text.isPresent()) {
                    counted.put(answer.id(), answer.toxic());
                }
                seen++;
                if (waiting.size() == ROWS_AT_ONCE || seen == input.answers().size()) {
                    split.read(waiting);
                    waiting.clear();
                    bar.reached(seen);
                }
            }
        }
        return heldOut;
    }

    private HeldOutStates readHeldOut(
            List<DataFile> data, TextEmbedding embedding, HiddenStates reader, SubspaceStatistics unused) {
        HeldOutStates states = new HeldOutStates();
        StateSplit split = new StateSplit(reader, unused, states);
        List<EmbeddedText> waiting = new ArrayList<>();
        long rows = data.stream().mapToLong(DataFile::rows).sum();
        try (Progress bar = progress.start("refit-subspace", "rows", rows)) {
            long[] seen = {0};
            for (DataFile file : data) {
                LabelledFile.read(file.path(), row -> {
                    seen[0]++;
                    embedding.of(row).filter(EmbeddedText::heldOut).ifPresent(waiting::add);
                    if (waiting.size() == ROWS_AT_ONCE) {
                        split.read(waiting);
                        waiting.clear();
                        bar.reached(seen[0]);
                    }
                });
            }
            split.read(waiting);
            bar.reached(rows);
        }
        if (!states.hasOfEach(1)) {
            throw new TemperException("the labelled files have no held-out rows of both classes, so that nothing can"
                    + " be judged; name files with more rows in --held-out");
        }
        return states;
    }

    private static Subspace subspace(
            Input input,
            Boundary boundary,
            SubspaceStatistics sum,
            HeldOutStates labelled,
            Map<String, Boolean> counted) {
        Subspace.Provenance base = input.base().provenance();
        Instant newest = input.answers().stream()
                .filter(answer -> counted.containsKey(answer.id()))
                .map(ReviewedAnswer::decidedAt)
                .filter(at -> at.isAfter(base.created()))
                .max(Comparator.naturalOrder())
                .orElse(base.created());
        return new Subspace(
                input.base().name(),
                boundary.direction(),
                boundary.offset(),
                new Subspace.Provenance(
                        base.modelId(),
                        base.modelHash(),
                        base.labelRule() + "; and " + counted.size() + " verdicts of weight " + input.weight(),
                        sum.nonToxic(),
                        sum.toxic(),
                        base.cutoff(),
                        boundary.rank(),
                        newest),
                labelled.judge(boundary.direction(), boundary.offset()));
    }
}
