package dev.temper.benchmarks.decode;

import dev.temper.app.cli.DeviceOptions;
import dev.temper.app.cli.Temper;
import dev.temper.benchmarks.report.JsonFile;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper bench prompts}. */
@Command(
        name = "prompts",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the reading of prompts: what it saves that they begin alike or are the same, and how long a",
            "running answer halts beside one, in interleaved rounds."
        })
public final class PromptsCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private DeviceOptions device;

    @Option(
            names = "--model",
            paramLabel = "NAME|DIR",
            defaultValue = "gpt2-small",
            description = "A model's folder, or a shape with random weights: gpt2-small, llama-3.2-1b, llama-3.1-8b."
                    + " Default: ${DEFAULT-VALUE}.")
    private String model = "gpt2-small";

    @Option(names = "--dtype", defaultValue = "float32", description = "Default: ${DEFAULT-VALUE}.")
    private String type = "float32";

    @Option(names = "--prompts", defaultValue = "8", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int prompts;

    @Option(names = "--prompt-tokens", defaultValue = "256", description = "Default: ${DEFAULT-VALUE}.")
    private int promptTokens;

    @Option(
            names = "--shared-tokens",
            defaultValue = "192",
            description = "Tokens of a shared beginning. Default: ${DEFAULT-VALUE}.")
    private int sharedTokens;

    @Option(
            names = "--prefill-tokens",
            defaultValue = "64",
            description = "Most prompt tokens read between two steps. Default: ${DEFAULT-VALUE}.")
    private int prefillTokens;

    @Option(names = "--rounds", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seed", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers there, too.")
    private @Nullable Path json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PromptsSettings settings = DeviceOptions.checked(
                () -> new PromptsSettings(model, prompts, promptTokens, sharedTokens, prefillTokens, rounds, seed));
        ElementType elementType = ElementType.ofTorchName(type)
                .orElseThrow(
                        () -> new TemperException("--dtype must be float32, bfloat16 or float16, not '" + type + "'"));
        PrintWriter err = spec.commandLine().getErr();
        TorchRuntime runtime = device.open();
        PromptsResult result;
        try (PromptsBenchmark benchmark =
                new PromptsBenchmark(runtime, ModelShape.find(model), elementType, settings)) {
            result = benchmark.run(line -> {
                err.println(line);
                err.flush();
            });
        }
        if (json != null) {
            JsonFile.write(json, result);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(result.toText());
        out.flush();
        return Temper.EXIT_OK;
    }
}
