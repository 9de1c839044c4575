package dev.temper.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.config.EvaluationPlanLoader;
import dev.temper.training.evaluate.Evaluation;
import dev.temper.training.evaluate.EvaluationPlan;
import dev.temper.training.evaluate.Results;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.progress.TerminalProgress;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper evaluate}. */
@Command(
        name = "evaluate",
        description = "Measures the systems of a plan in its suites: how toxic, fluent, diverse and useful they are.",
        footer = {
            "",
            "Writes results.md, results.json and the numbers of each row (no text) into --out. An evaluation that was"
                    + " killed goes on there when the same command is given again; systems and suites may be added to"
                    + " a plan, and numbers that were made with another model, other data or other settings are refused.",
            "Exit codes: 0 evaluated; 2 a setting or a file is bad."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements CommandPlugin {
    @Option(
            names = "--plan",
            paramLabel = "FILE",
            required = true,
            description = "Systems, suites and what judges them; docs/evaluation.md.")
    @SuppressWarnings("NullAway.Init") // required
    private Path plan;

    @Option(
            names = "--data-root",
            paramLabel = "DIR",
            description = "The folder that $${DATA} stands for in the plan's paths.")
    private @Nullable Path dataRoot;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the results.")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private DeviceOptions device;

    @Option(
            names = "--dtype",
            defaultValue = "float32",
            description = "Type of the models' weights: float32, bfloat16, float16, or int8 on a CPU. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String dtype = "float32";

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "" + Workbench.DEFAULT_MAX_BATCH,
            description = "Answers in the making at once. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--json", description = "Print the results as JSON, not as tables.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        EvaluationPlan read = EvaluationPlanLoader.load(plan, dataRoot);
        Workbench bench = DeviceOptions.checked(
                () -> new Workbench(device.open(), ModelOptions.weightType("--dtype", dtype), batch));
        Results results = new Evaluation(bench, TerminalProgress::start).run(read, out);
        results.write(out);
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(
                json
                        ? new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(results.toJson())
                        : results.toMarkdown());
        printer.flush();
        return Temper.EXIT_OK;
    }
}
