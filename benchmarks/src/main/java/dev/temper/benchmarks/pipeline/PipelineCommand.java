package dev.temper.benchmarks.pipeline;

import dev.temper.app.EngineFactory;
import dev.temper.app.TopicAdmin;
import dev.temper.app.cli.DeviceOptions;
import dev.temper.app.cli.Temper;
import dev.temper.app.config.SidecarConfig;
import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.report.JsonFile;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.sandbox.demo.DemoServices;
import dev.temper.sandbox.demo.DemoSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper bench pipeline}. */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        description = {
            "Measures prompts a second through an embedded broker and registry and the sidecar, exactly once, against the "
                    + "engine alone and against answering one at a time.",
            "Then the latency that the pipeline adds to the engine's own at half load, as a client sees it that reads "
                    + "committed records."
        })
public final class PipelineCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "The language model's folder; a sidecar.yaml in it names scorer, subspaces and decoding."
                    + " Default: ${DEFAULT-VALUE}",
            defaultValue = "${env:TEMPER_HOME:-.}/models/chat-base")
    private Path model = Path.of("models", "chat-base");

    @Option(names = "--device", defaultValue = "cpu", description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Threads of one operation on a CPU; 0 leaves a core to broker and sidecar. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--plain", description = "Without guidance and scorer, whatever the model's folder recommends.")
    private boolean plain;

    @Option(names = "--max-batch", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
    private int maxBatch;

    @Option(names = "--prompts", defaultValue = "400", description = "In each round. Default: ${DEFAULT-VALUE}.")
    private int prompts;

    @Option(names = "--latency-prompts", defaultValue = "400", description = "Default: ${DEFAULT-VALUE}.")
    private int latencyPrompts;

    @Option(names = "--rounds", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seed", defaultValue = "0", description = "Of the arrivals. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--quick", description = "One short round: shows that it runs, measures nothing worth keeping.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all numbers there, too.")
    private @Nullable Path json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        PipelineSettings settings = DeviceOptions.checked(() -> new PipelineSettings(
                String.valueOf(model.toAbsolutePath().normalize().getFileName()),
                plain,
                quick ? 2 * PipelineSettings.ALONE_EVERY : prompts,
                quick ? PipelineSettings.ALONE_EVERY : latencyPrompts,
                maxBatch,
                quick ? 1 : rounds,
                seed));
        Path data = Files.createTempDirectory("temper-bench");
        try {
            PipelineResult result = measure(settings, data);
            if (json != null) {
                JsonFile.write(json, result);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.print(PipelineReport.of(result));
            out.flush();
            return Temper.EXIT_OK;
        } finally {
            delete(data);
        }
    }

    private PipelineResult measure(PipelineSettings settings, Path data) throws InterruptedException {
        // The engine's part of the configuration is known before any address is.
        try (GenerationEngine engine = EngineFactory.load(
                        config(data, "unknown:0", "http://unknown").engine(), LoadProgress.SILENT);
                DemoServices services = DemoServices.start(data)) {
            SidecarConfig config = config(data, services.bootstrapServers(), services.registryUrl());
            TopicAdmin.create(config, false, created -> {});
            Machine machine =
                    Machine.describe(TorchRuntime.open(device, config.engine().threads()));
            PrintWriter err = spec.commandLine().getErr();
            return new PipelineBenchmark(config, engine, settings).run(machine, line -> {
                err.println(line);
                err.flush();
            });
        }
    }

    private SidecarConfig config(Path data, String bootstrapServers, String registryUrl) {
        return DemoSettings.of(model, data.resolve("state"), bootstrapServers, registryUrl, engine -> {
            engine.put("device", device).put("max_batch", maxBatch);
            if (plain) {
                engine.remove(List.of("subspaces", "scorer"));
            }
            if (threads > 0) {
                engine.put("threads", threads);
            }
        });
    }

    private static void delete(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new TemperException("the temporary folder " + folder + " could not be deleted", e);
        }
    }
}
