package dev.temper.training.subspace;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceStatistics;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.LabelledFile;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.progress.Progress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fits a subspace: labelled texts → final hidden states → one boundary (methods.md, section 1), judged on rows that it
 * was not fitted on. Files are read as a stream, and the fit is one pass; memory does not grow with the data.
 */
public final class SubspaceFitting {
    /** Rows that are sorted by length together. */
    private static final int ROWS_AT_ONCE = 2_048;

    private final TorchRuntime runtime;
    private final Progress.Factory progress;
    private final Clock clock;

    /** @param clock dates the subspace */
    public SubspaceFitting(TorchRuntime runtime, Progress.Factory progress, Clock clock) {
        this.runtime = runtime;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Fits and judges.
     *
     * @param folder the model whose states will be guided by
     * @param files labelled texts
     * @throws TemperException if a file is bad, or the rows that are left after the label rule are of one class
     */
    public FittedSubspace fit(ModelFolder folder, List<Path> files, SubspaceSettings settings) {
        folder.require(ModelKind.CAUSAL_LM);
        if (settings.maxTokens() > folder.config().shape().maxPositions()) {
            throw new TemperException("max-tokens " + settings.maxTokens() + " is more than the "
                    + folder.config().shape().maxPositions() + " positions of the model; choose at most that");
        }
        // A first pass finds bad rows before any time is spent, and counts.
        List<DataFile> data =
                files.stream().map(file -> LabelledFile.read(file, row -> {})).toList();
        try (Tokenizer tokenizer = Tokenizer.load(folder.path());
                CausalLm model = CausalLm.load(folder, runtime, settings.computeType(), LoadProgress.SILENT);
                NDManager scope = model.newScope();
                SubspaceStatistics statistics =
                        new SubspaceStatistics(scope, model.shape().hidden())) {
            TextEmbedding embedding =
                    new TextEmbedding(tokenizer, PromptEncoder.load(folder.path(), tokenizer), settings);
            HeldOutStates heldOut = new HeldOutStates();
            HiddenStates reader = new HiddenStates(model, scope, settings.everyToken());
            new Pass(embedding, new StateSplit(reader, statistics, heldOut)).run(data);
            if (statistics.toxic() < 2 || statistics.nonToxic() < 2) {
                throw new TemperException("the rows to fit on give " + statistics.nonToxic() + " non-toxic and "
                        + statistics.toxic() + " toxic states by the rule \""
                        + settings.rule().describe()
                        + "\"; give data with more of both");
            }
            SubspaceStatistics.Boundary boundary = statistics.fit(settings.cutoff());
            Subspace.Provenance provenance = new Subspace.Provenance(
                    folder.modelId(),
                    folder.weightsHash(),
                    describe(settings, data),
                    statistics.nonToxic(),
                    statistics.toxic(),
                    settings.cutoff(),
                    boundary.rank(),
                    clock.instant());
            return new FittedSubspace(
                    new Subspace(
                            settings.name(),
                            boundary.direction(),
                            boundary.offset(),
                            provenance,
                            heldOut.judge(boundary.direction(), boundary.offset())),
                    new SavedStatistics(statistics.sums(), settings, folder.modelId(), folder.weightsHash(), Map.of()));
        }
    }

    private static String describe(SubspaceSettings settings, List<DataFile> data) {
        return settings.rule().describe() + "; text read as "
                + settings.embedAs().name().toLowerCase(java.util.Locale.ROOT) + ", "
                + (settings.everyToken()
                        ? "states of every token from number " + SubspaceSettings.FIRST_TOKEN
                        : "state of the last token")
                + "; data "
                + data.stream()
                        .map(file -> file.name() + " sha256 " + file.sha256())
                        .collect(Collectors.joining(", "));
    }

    /** One pass over all rows. */
    private final class Pass {
        private final TextEmbedding embedding;
        private final StateSplit split;
        private final List<EmbeddedText> waiting = new ArrayList<>();
        private long seen;

        Pass(TextEmbedding embedding, StateSplit split) {
            this.embedding = embedding;
            this.split = split;
        }

        void run(List<DataFile> data) {
            long rows = data.stream().mapToLong(DataFile::rows).sum();
            try (Progress bar = progress.start("fit-subspace", "rows", rows)) {
                for (DataFile file : data) {
                    DataFile again = LabelledFile.read(file.path(), row -> add(row, bar));
                    if (!again.sha256().equals(file.sha256())) {
                        throw new TemperException("data file " + file.path() + " changed while it was read; try again");
                    }
                }
                read(bar);
            }
        }

        private void add(LabelledRow row, Progress bar) {
            seen++;
            embedding.of(row).ifPresent(waiting::add);
            if (waiting.size() == ROWS_AT_ONCE) {
                read(bar);
            }
        }

        private void read(Progress bar) {
            split.read(waiting);
            waiting.clear();
            bar.reached(seen);
        }
    }
}
