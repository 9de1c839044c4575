package dev.temper.app.cli;

import dev.temper.app.TopicAdmin;
import dev.temper.app.config.ConfigLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code temper topics}: what the sidecar needs of a cluster beyond the cluster itself. */
@Command(
        name = "topics",
        description = "Creates or checks the topics that a configuration names.",
        mixinStandardHelpOptions = true)
public final class TopicsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say create or check");
    }

    @Command(
            name = "create",
            description =
                    "Creates the topics that are missing, by the configuration's section provisioning, and changes"
                            + " none that is there; then checks them all.",
            mixinStandardHelpOptions = true)
    int create(
            @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
                    Path config,
            @Option(names = "--dry-run", description = "Only say what would be created.") boolean dryRun) {
        TopicAdmin.create(ConfigLoader.load(config), dryRun, lines());
        return dryRun ? Temper.EXIT_OK : check(config);
    }

    @Command(
            name = "check",
            description = "Says of each topic whether the sidecar can run with it, and what to do if not: partitions,"
                    + " compaction, retention, largest record.",
            mixinStandardHelpOptions = true)
    int check(
            @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
                    Path config) {
        return TopicAdmin.check(ConfigLoader.load(config), lines()) ? Temper.EXIT_OK : Temper.EXIT_CHECK_FAILED;
    }

    private Consumer<String> lines() {
        PrintWriter out = spec.commandLine().getOut();
        return line -> {
            out.println(line);
            out.flush();
        };
    }
}
