package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model runs, and on what; the same for every command that runs one. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "Folder of a Hugging Face checkpoint.")
    @SuppressWarnings("NullAway.Init") // required
    Path model;

    @Option(names = "--device", defaultValue = "cpu", description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String device;

    @Option(
            names = "--dtype",
            defaultValue = "float32",
            description = "float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String dtype;

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Threads of one operation on a CPU; 0 is the engine's own choice.")
    private int threads;

    TorchRuntime runtime() {
        return TorchRuntime.open(device, threads);
    }

    ElementType elementType() {
        return ElementType.ofTorchName(dtype)
                .filter(type -> type == ElementType.FLOAT32 || type == ElementType.BFLOAT16)
                .orElseThrow(() -> new TemperException("--dtype must be float32 or bfloat16, not '" + dtype + "'"));
    }
}
