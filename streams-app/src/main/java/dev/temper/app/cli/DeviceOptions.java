package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command computes; shared by the commands that do. */
public final class DeviceOptions {
    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of one operation on a CPU; 0 leaves it to the engine. Use fewer than the cores when"
                    + " something else computes. Default: ${DEFAULT-VALUE}.")
    private int threads;

    /** Starts the engine there. */
    public TorchRuntime open() {
        if (threads < 0) {
            throw new TemperException("--threads must be at least 0, not " + threads);
        }
        return TorchRuntime.open(device, threads);
    }

    /** The value of an option that picocli insisted on. */
    static Path given(String name, @Nullable Path value) {
        if (value == null) {
            throw new TemperException("option " + name + " is missing");
        }
        return value;
    }

    /** Settings whose own checks refuse them are the user's to correct. */
    public static <T> T checked(Supplier<T> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            throw new TemperException(String.valueOf(e.getMessage()), e);
        }
    }
}
