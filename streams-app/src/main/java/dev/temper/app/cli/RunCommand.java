package dev.temper.app.cli;

import dev.temper.app.EngineFactory;
import dev.temper.app.Operations;
import dev.temper.app.Sidecar;
import dev.temper.app.WarmUp;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ConsoleLoadProgress;
import dev.temper.runtime.serve.GenerationEngine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper run}. */
@Command(
        name = "run",
        description = "Runs the sidecar against a Kafka cluster until it is told to stop (SIGTERM or Ctrl-C).",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The sidecar's configuration. `temper doctor --config FILE` checks it.")
    @SuppressWarnings("NullAway.Init") // required
    private Path config;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        SidecarConfig loaded = ConfigLoader.load(config);
        PrintWriter console = spec.commandLine().getErr();
        try (Operations operations = Operations.open(loaded, System::getenv)) {
            String elsewhere = loaded.admin().onAllAddresses() ? ", and on this machine's other addresses" : "";
            operations.url().ifPresent(url -> console.println("temper: probes and metrics are at " + url + elsewhere));
            Sidecar.requireCluster(loaded);
            operations
                    .openModerationPage(loaded)
                    .ifPresent(url -> console.println("temper: the moderation page is " + url + elsewhere));
            serve(loaded, load(loaded, operations), operations, console);
        }
        return Temper.EXIT_OK;
    }

    /** The engine, when it has answered once. */
    private static GenerationEngine load(SidecarConfig config, Operations operations) {
        GenerationEngine engine;
        try (ConsoleLoadProgress progress = new ConsoleLoadProgress("loading the model", System.err)) {
            engine = EngineFactory.load(config, progress);
        }
        try {
            WarmUp.run(
                    engine, config.engine(), Duration.ofMillis(config.limits().attemptTimeoutMs()));
            operations.modelIsWarm(engine);
            return engine;
        } catch (TemperException e) {
            engine.close();
            throw e;
        }
    }

    /**
     * Runs the sidecar until this process is told to stop, and closes it and the engine in order.
     *
     * @throws TemperException if it does not start, or gives up
     */
    public static void serve(
            SidecarConfig config, GenerationEngine engine, Operations operations, PrintWriter console) {
        CountDownLatch closed = new CountDownLatch(1);
        try (engine;
                Sidecar sidecar = Sidecar.start(config, engine, operations)) {
            stopOnSignal(sidecar, closed);
            console.println(
                    "temper: running; answers come from " + engine.identity().modelId());
            if (sidecar.ended().join() == KafkaStreams.State.ERROR) {
                throw new TemperException("the sidecar gave up; the log says why. What is unanswered stays in the"
                        + " inbox and is answered after the next start");
            }
        } finally {
            operations.closeModerationPage();
            closed.countDown();
        }
    }

    /** The signal's handler must outlast the close, or the process ends before the last transaction does. */
    private static void stopOnSignal(Sidecar sidecar, CountDownLatch closed) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            sidecar.close();
                            try {
                                closed.await(10, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "temper-stop"));
    }
}
