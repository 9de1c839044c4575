package dev.temper.benchmarks.pieces;

import dev.temper.app.cli.Temper;
import dev.temper.runtime.TemperException;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code temper bench pieces}. */
@Command(
        name = "pieces",
        mixinStandardHelpOptions = true,
        description = "Measures the pieces around the model with JMH. Whatever follows -- goes to JMH: a pattern of"
                + " benchmarks' names, -f 1 for one fork, -rff FILE -rf json for a file, -h for all of its options.")
public final class PiecesCommand implements Callable<Integer> {
    @Parameters(paramLabel = "JMH", arity = "0..*", description = "JMH's own arguments.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        try {
            CommandLineOptions options = new CommandLineOptions(arguments.toArray(new String[0]));
            if (options.shouldHelp()) {
                options.showHelp();
            } else if (options.shouldList()) {
                new Runner(options).list();
            } else {
                new Runner(options).run();
            }
            return Temper.EXIT_OK;
        } catch (CommandLineOptionException | RunnerException | java.io.IOException e) {
            throw new TemperException("JMH: " + e.getMessage(), e);
        }
    }
}
