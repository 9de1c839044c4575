package dev.temper.benchmarks.decode;

import dev.temper.app.cli.DeviceOptions;
import dev.temper.app.cli.Temper;
import dev.temper.benchmarks.report.JsonFile;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper bench decode}. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description = {
            "Measures tokens a second of plain and guided decoding, against the memory's limit, in interleaved rounds.",
            "Prompts are read outside the measured time."
        })
public final class DecodeCommand implements Callable<Integer> {
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

    @Option(
            names = "--dtype",
            split = ",",
            defaultValue = "float32",
            description = "Number types of the weights, several separated by commas: float32, bfloat16, int8. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<String> types = List.of();

    @Option(names = "--batch", split = ",", defaultValue = "1,8,32", description = "Default: ${DEFAULT-VALUE}.")
    private List<Integer> batches = List.of();

    @Option(
            names = "--candidates",
            split = ",",
            defaultValue = "1,5,10,20",
            description = "Candidates of each guided token. Default: ${DEFAULT-VALUE}.")
    private List<Integer> candidates = List.of();

    @Option(names = "--rounds", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--steps",
            defaultValue = "32",
            description = "Most steps of a case in a round. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--seconds",
            defaultValue = "1",
            description = "A slow case ends its round after so many seconds. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--prompt-tokens", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
    private int promptTokens;

    @Option(names = "--seed", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--reference",
            paramLabel = "COMMAND",
            description = "Measures another implementation in turn with this one, such as"
                    + " \"python3 benchmarks/transformers_decode.py\".")
    private @Nullable String reference;

    @Option(names = "--quick", description = "One short round: shows that it runs, measures nothing worth keeping.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers there, too.")
    private @Nullable Path json;

    @Option(names = "--plot", paramLabel = "FILE", description = "Draws the speeds, to .svg or .png.")
    private @Nullable Path plot;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        DecodeSettings settings = DeviceOptions.checked(() -> new DecodeSettings(
                model,
                batches,
                candidates,
                quick ? 1 : rounds,
                quick ? 3 : steps,
                quick ? 0 : seconds,
                promptTokens,
                seed));
        List<ElementType> elementTypes =
                types.stream().map(DecodeCommand::elementType).distinct().toList();
        if (plot != null && !plot.toString().matches("(?i).*\\.(svg|png)")) {
            throw new TemperException("--plot must name a file that ends in .svg or .png, not " + plot);
        }
        ModelShape shape = ModelShape.find(model);
        PrintWriter err = spec.commandLine().getErr();
        TorchRuntime runtime = device.open();
        DecodeResult result;
        try (DecodeBenchmark benchmark =
                new DecodeBenchmark(runtime, shape, settings, elementTypes, Optional.ofNullable(reference))) {
            result = benchmark.run(line -> {
                err.println(line);
                err.flush();
            });
        }
        if (plot != null) {
            DecodePlot.write(plot, result);
        }
        if (json != null) {
            JsonFile.write(json, result);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(DecodeReport.of(result));
        out.flush();
        return Temper.EXIT_OK;
    }

    private static ElementType elementType(String name) {
        return ElementType.ofTorchName(name)
                .filter(type -> type == ElementType.FLOAT32 || type == ElementType.BFLOAT16 || type == ElementType.INT8)
                .orElseThrow(
                        () -> new TemperException("--dtype must be float32, bfloat16 or int8, not '" + name + "'"));
    }
}
