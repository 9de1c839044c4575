package dev.temper.training.evaluate.systems;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.training.baseline.Baseline;
import dev.temper.training.baseline.BaselineLikelihood;
import dev.temper.training.baseline.BaselineLoader;
import dev.temper.training.data.PromptRow;
import dev.temper.training.evaluate.Answers;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.likelihood.SpanLikelihood;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model under a published method that acts when a token is chosen. Owns what it loaded. */
final class BaselineSystem implements EvaluatedSystem {
    private final ModelFolder model;
    private final BaselineLoader loader;
    private final DecodingOverride decoding;
    private final Workbench bench;
    private @Nullable GenerationEngine engine;
    private @Nullable BaselineLikelihood likelihood;

    private BaselineSystem(ModelFolder model, BaselineLoader loader, DecodingOverride decoding, Workbench bench) {
        this.model = model;
        this.loader = loader;
        this.decoding = decoding;
        this.bench = bench;
    }

    /** @param decoding settings that go before the suite's */
    static BaselineSystem open(Path model, Baseline baseline, DecodingOverride decoding, Workbench bench) {
        ModelFolder folder = ModelFolder.open(model);
        return new BaselineSystem(folder, BaselineLoader.open(folder, baseline), decoding, bench);
    }

    /** Refuses a plan that leaves something out that has no default. */
    static void require(@Nullable Object given, String otherwise) {
        if (given == null) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    @Override
    public ModelFolder model() {
        return model;
    }

    @Override
    public ObjectNode identity() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("model", model.modelId() + " " + model.weightsHash());
        loader.identity().forEach(node::put);
        if (!decoding.toJson().isEmpty()) {
            node.set("decoding", decoding.toJson());
        }
        return node;
    }

    @Override
    public Answers answer(List<PromptRow> prompts, DecodingParameters asked, int samples, long seed) {
        if (engine == null) {
            EngineSettings settings = EngineSystem.settings(model, bench, EngineSettings.DEFAULT.maxCandidates());
            engine = loader.start(Optional.empty(), bench.runtime(), bench.weights(), settings);
        }
        return EngineSystem.sampled(engine, prompts, GuidanceParameters.NONE, decoding.over(asked), samples, seed);
    }

    @Override
    public Optional<SpanLikelihood> likelihood() {
        if (likelihood == null) {
            likelihood = loader.likelihood(bench.runtime(), bench.weights().computed())
                    .orElse(null);
        }
        return Optional.ofNullable(likelihood);
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
        if (likelihood != null) {
            likelihood.close();
        }
    }
}
