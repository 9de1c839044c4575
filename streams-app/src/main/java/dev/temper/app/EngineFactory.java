package dev.temper.app;

import dev.temper.app.config.EngineConfig;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.SubspaceConfig;
import dev.temper.app.policy.Policy;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.serve.EngineLoader;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The engine that a configuration asks for. */
public final class EngineFactory {
    private EngineFactory() {}

    /**
     * The same, when it can do what the policy asks for.
     *
     * @throws TemperException also if the policy names a category that the scorer does not publish: such a rule would
     *     never act
     */
    public static GenerationEngine load(SidecarConfig config, LoadProgress progress) {
        requireCategories(config, config.policy());
        return load(config.engine(), progress);
    }

    /**
     * Looks whether the configured scorer publishes what a policy names. Reads no weights.
     *
     * @throws TemperException if it does not: such a rule would never act
     */
    public static void requireCategories(SidecarConfig config, Policy policy) {
        Path scorer = config.engine().scorer();
        Set<String> named = policy.categories().keySet();
        if (named.isEmpty()) {
            return;
        }
        if (scorer == null) {
            throw new TemperException("policy.categories names " + named
                    + ", but there is no scorer; set engine.scorer, or leave the categories out");
        }
        List<String> published = ModelFolder.open(scorer)
                .require(ModelKind.SEQUENCE_CLASSIFICATION)
                .classification()
                .orElseThrow()
                .labels();
        for (String category : named) {
            if (!published.contains(category)) {
                throw new TemperException("policy.categories." + category + " would never act: the scorer in " + scorer
                        + " publishes " + published + "; use one of these names");
            }
        }
    }

    /**
     * Loads model, scorer and subspaces, and starts the engine. The caller closes it.
     *
     * @throws TemperException if anything that the configuration names is missing, wrong, or does not fit the machine
     */
    public static GenerationEngine load(EngineConfig config, LoadProgress progress) {
        Path model = config.requireModel();
        Map<String, Path> subspaces = new LinkedHashMap<>();
        config.subspaces().forEach((String name, SubspaceConfig subspace) -> subspaces.put(name, subspace.file()));
        EngineSettings defaults = EngineSettings.DEFAULT;
        EngineSettings settings = new EngineSettings(
                config.maxBatch(),
                config.contextLength(),
                config.maxQueue(),
                Math.max(defaults.maxCandidates(), config.maxCandidates()),
                config.prefillTokens(),
                config.cacheBytes(),
                config.keepPrefixes());
        return EngineLoader.load(
                new EngineLoader.Files(model, Optional.ofNullable(config.scorer()), subspaces),
                TorchRuntime.open(config.device(), config.threads()),
                switch (config.dtype()) {
                    case FLOAT32 -> ElementType.FLOAT32;
                    case BFLOAT16 -> ElementType.BFLOAT16;
                    case FLOAT16 -> ElementType.FLOAT16;
                    case INT8 -> ElementType.INT8;
                },
                settings,
                progress);
    }
}
