package dev.temper.benchmarks;

import dev.temper.app.cli.CommandPlugin;
import dev.temper.benchmarks.decode.DecodeCommand;
import dev.temper.benchmarks.decode.PromptsCommand;
import dev.temper.benchmarks.pieces.PiecesCommand;
import dev.temper.benchmarks.pipeline.PipelineCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code temper bench}: what is measured. */
@Command(
        name = "bench",
        description = "Measures this machine: docs/benchmarks.md says how to read the numbers.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DecodeCommand.class, PromptsCommand.class, PipelineCommand.class, PiecesCommand.class})
public final class BenchCommand implements CommandPlugin {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "what to measure is missing");
    }
}
