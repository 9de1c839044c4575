package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
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

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private DeviceOptions device;

    @Option(
            names = "--dtype",
            defaultValue = "float32",
            description = "float32, bfloat16 or float16; for generate also int8 weights, on a CPU"
                    + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // has a default
    private String dtype;

    TorchRuntime runtime() {
        return device.open();
    }

    ElementType elementType() {
        return computeType("--dtype", dtype);
    }

    /** The same for commands that decode: weights may be int8, too. */
    ElementType weightType() {
        return weightType("--dtype", dtype);
    }

    static ElementType weightType(String option, String name) {
        return name.equals(ElementType.INT8.torchName()) ? ElementType.INT8 : computeType(option, name);
    }

    /** A type that models compute in, by its name. */
    static ElementType computeType(String option, String name) {
        return ElementType.ofTorchName(name)
                .filter(ElementType::isComputed)
                .orElseThrow(() ->
                        new TemperException(option + " must be float32, bfloat16 or float16, not '" + name + "'"));
    }
}
