package dev.temper.app.cli;

import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.subspaces.SubspaceBook;
import dev.temper.app.subspaces.SubspaceBook.Entry;
import dev.temper.app.subspaces.SubspaceReading.Invalid;
import dev.temper.app.subspaces.SubspaceReading.Valid;
import dev.temper.app.subspaces.SubspaceTopic;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.event.SubspaceEvent;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code temper subspaces}: which versions guide, and how to go back to an earlier one. */
@Command(
        name = "subspaces",
        description = "Shows the published versions of the subspaces, or goes back to one.",
        mixinStandardHelpOptions = true)
public final class SubspacesCommand implements Callable<Integer> {
    static final int DEFAULT_KEEP = 10;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say list or use");
    }

    @Command(
            name = "list",
            description = "Every version that the subspaces topic holds, and which of them are in force for the"
                    + " configured model. Exit code 1 if there are invalid ones.",
            mixinStandardHelpOptions = true)
    int list(
            @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
                    Path config) {
        SidecarConfig loaded = ConfigLoader.load(config);
        PrintWriter out = spec.commandLine().getOut();
        try (SubspaceTopic topic = new SubspaceTopic(loaded)) {
            SubspaceBook book = topic.read();
            book.inForce().forEach((name, version) -> {
                if (version.equals(SubspaceBook.CONFIGURED)) {
                    out.println("in force    " + name + ": the configured file");
                }
            });
            List<Entry> entries = book.entries();
            entries.forEach(entry -> out.println(line(book, entry)));
            out.flush();
            return entries.stream().anyMatch(entry -> entry.reading() instanceof Invalid)
                    ? Temper.EXIT_CHECK_FAILED
                    : Temper.EXIT_OK;
        }
    }

    private static String line(SubspaceBook book, Entry entry) {
        if (entry.reading() instanceof Valid valid) {
            SubspaceEvent event = valid.event();
            boolean inForce = event.getVersion().equals(book.inForce().get(event.getName()));
            return String.format(
                    Locale.ROOT,
                    "%s%s: version %s, offset %d, %s, ROC-AUC %.4f [%.4f, %.4f], before %.4f, %d verdicts of weight %d",
                    inForce ? "in force    " : "superseded  ",
                    event.getName(),
                    event.getVersion(),
                    entry.offset(),
                    event.getPublishedAt(),
                    event.getEvaluation().getRocAuc(),
                    event.getEvaluation().getRocAucLow(),
                    event.getEvaluation().getRocAucHigh(),
                    event.getEvaluation().getParentRocAuc(),
                    event.getVerdictsNotToxic() + event.getVerdictsToxic(),
                    event.getVerdictWeight());
        }
        String why = entry.reading() instanceof Invalid invalid ? invalid.reason() : "";
        return "INVALID     offset " + entry.offset() + ": " + why;
    }

    @Command(name = "use", description = "Puts an earlier version in force again.", mixinStandardHelpOptions = true)
    int use(
            @Parameters(paramLabel = "NAME", description = "The subspace's name in the configuration.") String name,
            @Parameters(
                            paramLabel = "VERSION",
                            description = "One that list shows, or " + SubspaceBook.CONFIGURED
                                    + ": withdraw all, so that the configured file is in force.")
                    String version,
            @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
                    Path config) {
        SidecarConfig loaded = ConfigLoader.load(config);
        PrintWriter out = spec.commandLine().getOut();
        try (SubspaceTopic topic = new SubspaceTopic(loaded)) {
            if (version.equals(SubspaceBook.CONFIGURED)) {
                topic.withdraw(name).forEach(key -> out.println("withdrawn " + key));
                out.println("in force    " + name + ": the configured file");
            } else {
                SubspaceEvent event = find(topic.read(), name, version);
                boolean written = topic.publish(event, Integer.MAX_VALUE).written();
                out.println(name + ": version " + version
                        + (written ? " is in force again" : " is in force already; nothing was written"));
            }
            out.flush();
        }
        return Temper.EXIT_OK;
    }

    private static SubspaceEvent find(SubspaceBook book, String name, String version) {
        for (Entry entry : book.entries()) {
            if (entry.reading() instanceof Valid valid
                    && valid.event().getName().equals(name)
                    && valid.event().getVersion().equals(version)) {
                return valid.event();
            }
        }
        throw new TemperException("the topic has no valid version " + version + " of " + name
                + "; temper subspaces list --config FILE shows those that it has");
    }
}
