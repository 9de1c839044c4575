package dev.temper.app.cli;

import dev.temper.app.Doctor;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper doctor}. */
@Command(
        name = "doctor",
        description = "Checks Java, memory, the native library and the GPU; with a configuration also the broker, the"
                + " topics, the registry and the model. Says of each whether it is fit, and what to do if not.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "The sidecar's configuration.")
    private @Nullable Path config;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        SidecarConfig loaded = config == null ? null : ConfigLoader.load(config);
        PrintWriter out = spec.commandLine().getOut();
        boolean fit = Doctor.examine(loaded, line -> {
            out.println(line);
            out.flush();
        });
        return fit ? Temper.EXIT_OK : Temper.EXIT_CHECK_FAILED;
    }
}
