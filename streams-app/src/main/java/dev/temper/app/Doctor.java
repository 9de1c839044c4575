package dev.temper.app;

import dev.temper.app.admin.AdminServer;
import dev.temper.app.config.AdminConfig;
import dev.temper.app.config.EngineConfig;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Examines what the service needs, part by part. One part's trouble does not keep the next from being looked at. */
public final class Doctor {
    private static final int LEAST_JAVA = 17;
    private static final long LEAST_HEAP_MB = 256;
    private static final long MB = 1 << 20;

    private Doctor() {}

    /**
     * Looks at everything.
     *
     * @param config absent, only the machine is examined
     * @param lines takes one line for each part: ok and what was found, or what is wrong and what to do
     * @return whether all is well
     */
    public static boolean examine(@Nullable SidecarConfig config, Consumer<String> lines) {
        String device =
                config == null ? EngineConfig.DEFAULT_DEVICE : config.engine().device();
        List<Supplier<List<Finding>>> checks = new ArrayList<>();
        checks.add(() -> List.of(java(Runtime.version().feature())));
        checks.add(() -> List.of(memory(Runtime.getRuntime().maxMemory() / MB)));
        checks.add(() -> List.of(nativeLibrary()));
        checks.add(() -> List.of(gpu(device)));
        if (config == null) {
            lines.accept("--    broker, topics, registry, model: not looked at; name a configuration with --config");
        } else {
            checks.add(() -> List.of(admin(config.admin(), System::getenv)));
            checks.add(() -> ClusterCheck.run(config));
            checks.add(() -> List.of(RegistryCheck.run(config)));
            checks.add(() -> models(config));
        }
        boolean fit = true;
        for (Supplier<List<Finding>> check : checks) {
            for (Finding finding : check.get()) {
                fit &= finding.ok();
                lines.accept(finding.line());
            }
        }
        return fit;
    }

    static Finding java(int version) {
        return version >= LEAST_JAVA
                ? Finding.ok("java", version + " (" + System.getProperty("java.vendor") + ")")
                : Finding.wrong("java", "is " + version, "install Java " + LEAST_JAVA + " or later");
    }

    static Finding memory(long heapMb) {
        return heapMb >= LEAST_HEAP_MB
                ? Finding.ok("memory", "Java may use " + heapMb + " MB, beside the model's own")
                : Finding.wrong(
                        "memory",
                        "Java may use only " + heapMb + " MB",
                        "raise -Xmx to " + LEAST_HEAP_MB + "m or more");
    }

    private static Finding nativeLibrary() {
        try {
            return Finding.ok("native library", TorchRuntime.open("cpu", 0).describe());
        } catch (TemperException e) {
            return Finding.wrong("native library", String.valueOf(e.getMessage()), "");
        }
    }

    private static Finding gpu(String device) {
        if (!device.startsWith("cuda")) {
            return Finding.ok("gpu", "not asked for (engine.device is " + device + ")");
        }
        try {
            return Finding.ok("gpu", TorchRuntime.open(device, 0).describe());
        } catch (TemperException e) {
            return Finding.wrong("gpu", String.valueOf(e.getMessage()), "or set engine.device to cpu");
        }
    }

    static Finding admin(AdminConfig config, Function<String, @Nullable String> environment) {
        if (!config.enabled()) {
            return Finding.ok("admin", "switched off: no probes, no metrics");
        }
        try {
            AdminServer.check(config, environment);
            String whom = config.tokenEnv().isEmpty() ? "this machine" : "whoever brings the token";
            return Finding.ok("admin", "will answer " + whom + " at " + config.address() + ":" + config.port());
        } catch (TemperException e) {
            return Finding.wrong("admin", String.valueOf(e.getMessage()), "");
        }
    }

    /** Whether a folder holds a model that this runtime reads, by its settings; its weights are not read. */
    static Finding model(String subject, Path folder, ModelKind kind) {
        try {
            ModelFolder model = ModelFolder.open(folder).require(kind);
            return Finding.ok(
                    subject, model.modelId() + ", " + kind.name().toLowerCase(Locale.ROOT) + " in " + model.path());
        } catch (TemperException e) {
            return Finding.wrong(subject, String.valueOf(e.getMessage()), "");
        }
    }

    private static List<Finding> models(SidecarConfig config) {
        EngineConfig engine = config.engine();
        List<Finding> findings = new ArrayList<>();
        findings.add(
                engine.model() == null
                        ? Finding.wrong("model", "engine.model is not set", "name the model's folder there")
                        : model("model", engine.model(), ModelKind.CAUSAL_LM));
        findings.add(
                engine.scorer() == null
                        ? Finding.ok("scorer", "none configured: answers are not scored and never flagged")
                        : model("scorer", engine.scorer(), ModelKind.SEQUENCE_CLASSIFICATION));
        boolean readable = findings.stream().allMatch(Finding::ok);
        if (readable) {
            findings.add(policy(config));
            engine.subspaces()
                    .forEach((name, subspace) ->
                            findings.add(subspace("subspace " + name, subspace.file(), engine.requireModel())));
        }
        return findings;
    }

    private static Finding policy(SidecarConfig config) {
        try {
            EngineFactory.requireCategories(config, config.policy());
            return Finding.ok("policy", "version " + config.policy().version());
        } catch (TemperException e) {
            return Finding.wrong("policy", String.valueOf(e.getMessage()), "");
        }
    }

    private static Finding subspace(String subject, Path file, Path model) {
        try {
            ModelFolder folder = ModelFolder.open(model);
            SubspaceFile.read(
                    file, folder.weightsHash(), folder.config().shape().hidden());
            return Finding.ok(subject, "fitted on this model, in " + file);
        } catch (TemperException e) {
            return Finding.wrong(subject, String.valueOf(e.getMessage()), "");
        }
    }
}
