package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.progress.TerminalProgress;
import dev.temper.training.subspace.FittedSubspace;
import dev.temper.training.subspace.LabelRule;
import dev.temper.training.subspace.StatisticsFile;
import dev.temper.training.subspace.SubspaceFitting;
import dev.temper.training.subspace.SubspaceSettings;
import dev.temper.training.subspace.SubspaceSettings.EmbedAs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper fit-subspace}. */
@Command(
        name = "fit-subspace",
        description =
                "Fits the linear boundary between toxic and non-toxic hidden states of a model, by which its answers"
                        + " are guided, and says how well it separates rows that it was not fitted on.",
        footer = {
            "",
            "Data: JSON Lines, plain or .gz, {\"id\", \"text\", \"label\": 0..1, \"context\"?} a line. A row judges instead"
                    + " of being fitted on when the first byte of the SHA-256 of its text, modulo 10, is 0.",
            "Exit codes: 0 fitted; 2 a setting or a file is bad."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class FitSubspaceCommand implements CommandPlugin {
    @Option(names = "--model", paramLabel = "DIR", required = true, description = "Folder of the model to guide.")
    private @Nullable Path model;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            required = true,
            description = "Labelled texts; may be given several times.")
    private List<Path> data = List.of();

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The subspace file to write (JSON).")
    private @Nullable Path out;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = SubspaceSettings.DEFAULT_NAME,
            description = "How requests refer to it. Default: ${DEFAULT-VALUE}.")
    private String name = SubspaceSettings.DEFAULT_NAME;

    @Option(
            names = "--as",
            paramLabel = "PLACE",
            defaultValue = "RESPONSE",
            description = "In what place the model reads a text. response: as what the assistant says, after the chat"
                    + " template's opening, the row's context as the user's message (\""
                    + SubspaceSettings.GENERIC_USER_MESSAGE
                    + "\" where a row has none): for chat models. plain: as running text, the context before it: for"
                    + " models that continue text. Default: response.")
    private EmbedAs embedAs = EmbedAs.RESPONSE;

    @Option(
            names = "--toxic-from",
            paramLabel = "X",
            defaultValue = "0.5",
            description = "Rows with at least this label are toxic. Default: ${DEFAULT-VALUE}.")
    private double toxicFrom;

    @Option(
            names = "--non-toxic-up-to",
            paramLabel = "X",
            defaultValue = "0.0",
            description = "Rows with at most this label are not toxic; rows between are left out. Default:"
                    + " ${DEFAULT-VALUE}.")
    private double nonToxicUpTo;

    @Option(
            names = "--every-token",
            description = "Fit on the states of all tokens from the fourth of a text on, not of the last one only:"
                    + " guidance measures unfinished answers, which final states alone represent badly.")
    private boolean everyToken;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "" + SubspaceSettings.DEFAULT_MAX_TOKENS,
            description = "Most tokens of context and text together. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description =
                    "float32, bfloat16 or float16: what the model computes in; take what it is served in. Default:"
                            + " ${DEFAULT-VALUE}.")
    private String precision = "float32";

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path file = DeviceOptions.given("--out", out);
        SubspaceSettings settings = DeviceOptions.checked(() -> new SubspaceSettings(
                name,
                new LabelRule(toxicFrom, nonToxicUpTo),
                embedAs,
                everyToken,
                maxTokens,
                ModelOptions.computeType("--precision", precision),
                SubspaceSettings.DEFAULT_CUTOFF));
        ModelFolder folder = ModelFolder.open(DeviceOptions.given("--model", model));
        TorchRuntime runtime = device.open();
        FittedSubspace fitted =
                new SubspaceFitting(runtime, TerminalProgress::start, Clock.systemUTC()).fit(folder, data, settings);
        try {
            fitted.write(file);
        } catch (IOException e) {
            throw new TemperException("cannot write " + file + " (" + e + "); check that its folder exists", e);
        }
        Subspace subspace = fitted.subspace();
        Subspace.Quality q = subspace.quality();
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "Fitted on %,d non-toxic and %,d toxic states, rank %d of %d.%n"
                                + "Held out: %,d rows, ROC-AUC %.4f; margin of non-toxic rows %.3f (sd %.3f), of toxic rows"
                                + " %.3f (sd %.3f).%nSaved in %s, sha256 %s; what it was fitted from, for"
                                + " refit-subspace, in %s.%n",
                        subspace.provenance().nonToxic(),
                        subspace.provenance().toxic(),
                        subspace.provenance().rank(),
                        subspace.direction().length,
                        q.heldOut(),
                        q.rocAuc(),
                        q.nonToxicMean(),
                        q.nonToxicDeviation(),
                        q.toxicMean(),
                        q.toxicDeviation(),
                        file,
                        SubspaceFile.hash(file),
                        StatisticsFile.beside(file));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
