package dev.temper.app.cli;

import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.SubspaceConfig;
import dev.temper.app.subspaces.Refits;
import dev.temper.app.subspaces.ReviewedAnswers;
import dev.temper.app.subspaces.SubspaceBook;
import dev.temper.app.subspaces.SubspaceTopic;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.training.progress.TerminalProgress;
import dev.temper.training.subspace.RefitResult;
import dev.temper.training.subspace.SavedStatistics;
import dev.temper.training.subspace.StatisticsFile;
import dev.temper.training.subspace.SubspaceRefitting;
import dev.temper.training.subspace.SubspaceSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code temper refit-subspace}. */
@Command(
        name = "refit-subspace",
        description =
                "Adds reviewers' verdicts on flagged answers to what a subspace was fitted from, and publishes the"
                        + " new version, by which running sidecars guide from then on; unless it separates held-out rows worse"
                        + " than the one in force.",
        footer = {
            "",
            "A verdict counts if its flagged event is still in its topic. One answer in ten (by the SHA-256 of its text,"
                    + " as fit-subspace holds rows out) judges instead of being fitted on.",
            "Exit codes: 0 published, written, or nothing to do; 1 the new version is worse and was not published; 2 a"
                    + " setting or a file is bad."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class RefitSubspaceCommand implements CommandPlugin {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The sidecar's configuration: it names model, subspace, broker, registry and topics.")
    private @Nullable Path config;

    @Option(
            names = "--held-out",
            paramLabel = "FILE",
            required = true,
            description = "Labelled texts as for fit-subspace, of which the held-out rows judge; may be given several"
                    + " times.")
    private List<Path> heldOut = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = SubspaceSettings.DEFAULT_NAME,
            description = "Which of engine.subspaces. Default: ${DEFAULT-VALUE}.")
    private String name = SubspaceSettings.DEFAULT_NAME;

    @Option(
            names = "--weight",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many labelled rows one verdict counts for. Default: ${DEFAULT-VALUE}.")
    private int weight;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write the subspace there, and what it was fitted from beside it, instead of publishing: the"
                    + " next base, in which these verdicts are contained for good.")
    private @Nullable Path out;

    @Option(names = "--dry-run", description = "Fit and judge, but neither publish nor write.")
    private boolean dryRun;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "" + SubspacesCommand.DEFAULT_KEEP,
            description = "How many versions stay in the topic, this one included; at least 1. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int keep;

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (keep < 1) {
            throw new ParameterException(spec.commandLine(), "--keep must be at least 1, not " + keep);
        }
        SidecarConfig loaded = ConfigLoader.load(DeviceOptions.given("--config", config));
        SubspaceConfig configured = loaded.engine().subspaces().get(name);
        if (configured == null) {
            throw new TemperException("engine.subspaces has no subspace named " + name + ", only "
                    + loaded.engine().subspaces().keySet() + "; name one of them with --name");
        }
        ModelFolder model = ModelFolder.open(loaded.engine().requireModel());
        Subspace base = SubspaceFile.read(
                configured.file(), model.weightsHash(), model.decoder().shape().hidden());
        SavedStatistics statistics = StatisticsFile.read(StatisticsFile.beside(configured.file()), model.weightsHash());
        try (SubspaceTopic topic = new SubspaceTopic(loaded)) {
            ReviewedAnswers reviewed = ReviewedAnswers.read(loaded);
            SubspaceBook book = topic.read();
            SubspaceVersion inForce = Objects.requireNonNull(book.all().get(name), "it is configured");
            SubspaceRefitting.Input input = DeviceOptions.checked(() -> new SubspaceRefitting.Input(
                    base, statistics, inForce.subspace(), reviewed.answers(), weight, heldOut));
            Refits.Plan plan = new Refits.Plan(name, SubspaceFile.hash(configured.file()), inForce.hash(), input);
            report(reviewed, input, plan);
            if (plan.verdicts().isEmpty()) {
                say("There are no verdicts to add; nothing was done.");
                return Temper.EXIT_OK;
            }
            if (out == null && !dryRun && plan.version().equals(book.inForce().get(name))) {
                say("Version " + plan.version() + " is in force already; nothing was done.");
                return Temper.EXIT_OK;
            }
            RefitResult result = new SubspaceRefitting(device.open(), TerminalProgress::start).refit(model, input);
            return decide(topic, plan, result, reviewed);
        }
    }

    private void report(ReviewedAnswers reviewed, SubspaceRefitting.Input input, Refits.Plan plan) {
        say("Verdicts: " + reviewed.answers().size() + " of flagged answers that are there, "
                + plan.verdicts().size() + " to fit on, "
                + (reviewed.answers().size() - input.answers().size()) + " in the base already; besides "
                + reviewed.unsure() + " unsure, " + reviewed.orphans() + " whose flagged event is gone, "
                + reviewed.unreadable() + " unreadable records.");
    }

    private int decide(SubspaceTopic topic, Refits.Plan plan, RefitResult result, ReviewedAnswers reviewed) {
        say("Added " + result.notToxic() + " not toxic and " + result.toxic() + " toxic answers, weight " + weight
                + ".");
        say("Held-out rows: " + result.labelled() + ".");
        say("Held-out verdicts: "
                + result.reviewed()
                        .map(RefitResult.Evaluation::toString)
                        .orElse(result.heldOut() + " rows; they judge from " + SubspaceRefitting.ENOUGH
                                + " of each label on")
                + ".");
        if (result.isWorse()) {
            say("Refused: it separates held-out rows worse than the one in force, which stays.");
            return Temper.EXIT_CHECK_FAILED;
        }
        if (dryRun) {
            say("Version " + plan.version() + " would be published; nothing was done.");
        } else if (out != null) {
            write(result, out);
        } else {
            SubspaceEvent event = plan.event(result, reviewed, Instant.ofEpochMilli(System.currentTimeMillis()));
            List<String> lines = new ArrayList<>();
            SubspaceTopic.Published published = topic.publish(event, keep);
            lines.add("Published version " + event.getVersion() + " of " + name + ", sha256 " + event.getHash() + ".");
            published.dropped().forEach(key -> lines.add("Dropped " + key + "."));
            lines.forEach(this::say);
        }
        return Temper.EXIT_OK;
    }

    private void write(RefitResult result, Path file) {
        try {
            result.fitted().write(file);
        } catch (IOException e) {
            throw new TemperException("cannot write " + file + " (" + e + "); check that its folder exists", e);
        }
        say("Saved in " + file + ", sha256 " + SubspaceFile.hash(file) + "; what it was fitted from, in "
                + StatisticsFile.beside(file) + ".");
    }

    private void say(String line) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(line);
        writer.flush();
    }
}
