package dev.temper.app.cli;

import dev.temper.app.SchemaAdmin;
import dev.temper.app.config.ConfigLoader;
import dev.temper.schemas.registry.CompatibilityLevel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code temper schemas}: the events' schemas in the registry, where services do not register them themselves. */
@Command(
        name = "schemas",
        description = "Registers or checks the schemas of the events.",
        mixinStandardHelpOptions = true)
public final class SchemasCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say register or check");
    }

    @Command(
            name = "register",
            description = "Registers the schemas that are missing, after the registry has said that all of them are"
                    + " compatible with what stands under their subjects; else none.",
            mixinStandardHelpOptions = true)
    int register(
            @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
                    Path config,
            @Option(
                            names = "--compatibility",
                            paramLabel = "LEVEL",
                            description = "First sets each subject's level: ${COMPLETION-CANDIDATES}. Some registries'"
                                    + " own is NONE, by which nothing is ever compared.")
                    @Nullable
                    CompatibilityLevel level) {
        return code(SchemaAdmin.register(ConfigLoader.load(config), level, lines()));
    }

    @Command(
            name = "check",
            description = "Says of each subject whether it holds this version's schema, and if not, whether it would"
                    + " take it.",
            mixinStandardHelpOptions = true)
    int check(
            @Option(names = "--config", paramLabel = "FILE", required = true, description = "The configuration.")
                    Path config) {
        return code(SchemaAdmin.check(ConfigLoader.load(config), lines()));
    }

    private static int code(boolean well) {
        return well ? Temper.EXIT_OK : Temper.EXIT_CHECK_FAILED;
    }

    private Consumer<String> lines() {
        PrintWriter out = spec.commandLine().getOut();
        return line -> {
            out.println(line);
            out.flush();
        };
    }
}
