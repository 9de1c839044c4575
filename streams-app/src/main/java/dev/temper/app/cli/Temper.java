package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import java.io.PrintWriter;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code temper} command. Its subcommands are ours and those that other modules contribute. */
@Command(
        name = "temper",
        description = "A streaming moderation sidecar: detoxified generation beside a chat backend, on Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Temper.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:the check or verification failed",
            "2:a setting, a file or the usage is not as it must be",
            "70:internal error"
        })
public final class Temper implements Runnable {
    public static final int EXIT_OK = 0;
    public static final int EXIT_CHECK_FAILED = 1;
    public static final int EXIT_USAGE = 2;
    public static final int EXIT_INTERNAL = 70;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show the stack trace of an error besides its line.")
    private boolean verbose;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command with all its subcommands; new each time. */
    public static CommandLine commandLine() {
        Temper root = new Temper();
        CommandLine line = new CommandLine(root);
        List<Callable<Integer>> own = List.of(
                new DoctorCommand(),
                new TopicsCommand(),
                new SchemasCommand(),
                new SubspacesCommand(),
                new RunCommand(),
                new GenerateCommand(),
                new ScoreCommand(),
                new PolicyCommand());
        Stream.concat(
                        own.stream(),
                        ServiceLoader.load(CommandPlugin.class).stream().map(ServiceLoader.Provider::get))
                .map(CommandLine::new)
                .sorted(java.util.Comparator.comparing(CommandLine::getCommandName))
                .forEach(command -> line.addSubcommand(command.getCommandName(), command));
        return line.setCaseInsensitiveEnumValuesAllowed(true) // reaches only subcommands that are there already
                .setExecutionExceptionHandler((e, command, parsed) -> root.report(e, command))
                .setParameterExceptionHandler((e, arguments) -> usage(e));
    }

    /** Without a subcommand there is nothing to do but to say what there is. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private int report(Exception e, CommandLine command) {
        PrintWriter err = command.getErr();
        boolean expected = e instanceof TemperException;
        if (expected) {
            err.println("temper: " + oneLine(e));
        } else {
            err.println("temper: internal error: " + e.getClass().getName() + ": " + oneLine(e)
                    + (verbose ? "" : " (run again with --verbose for the trace, and report it)"));
        }
        if (verbose) {
            e.printStackTrace(err);
        }
        return expected ? EXIT_USAGE : EXIT_INTERNAL;
    }

    private static int usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        command.getErr()
                .println("temper: " + oneLine(e) + "; see "
                        + command.getCommandSpec().qualifiedName() + " --help");
        return EXIT_USAGE;
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The version that the jar's manifest states. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Temper.class.getPackage().getImplementationVersion();
            return new String[] {"temper " + (version == null ? "(built from source)" : version)};
        }
    }
}
