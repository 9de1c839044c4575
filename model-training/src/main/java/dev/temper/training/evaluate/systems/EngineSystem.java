package dev.temper.training.evaluate.systems;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.serve.EngineLoader;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.training.data.PromptRow;
import dev.temper.training.data.Sha256;
import dev.temper.training.evaluate.Answer;
import dev.temper.training.evaluate.Answers;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.PromptSampler;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.likelihood.LikelihoodModel;
import dev.temper.training.likelihood.SpanLikelihood;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link EngineSystemPlan}, opened. Owns an engine and a model that tells likelihoods, once they are needed. */
final class EngineSystem implements EvaluatedSystem {
    private static final String SUBSPACE = "guide";
    private static final int CONTEXT_LENGTH = 1024;

    private final ModelFolder model;
    private final EngineSystemPlan plan;
    private final List<String> badWords;
    private final Workbench bench;
    private final ObjectNode identity;
    private @Nullable GenerationEngine engine;
    private @Nullable LikelihoodModel likelihood;

    EngineSystem(ModelFolder model, EngineSystemPlan plan, List<String> badWords, Workbench bench) {
        this.model = model;
        this.plan = plan;
        this.badWords = badWords;
        this.bench = bench;
        this.identity = describe();
    }

    private ObjectNode describe() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("model", model.modelId() + " " + model.weightsHash());
        if (plan.beta() > 0 && plan.subspace() != null) {
            node.put("subspace", plan.subspace().getFileName() + " " + SubspaceFile.hash(plan.subspace()))
                    .put("beta", plan.beta())
                    .put("mode", plan.mode().name().toLowerCase(Locale.ROOT))
                    .put("max_candidates", plan.maxCandidates());
        }
        if (plan.badWords() != null) {
            node.put("bad_words", plan.badWords().getFileName() + " " + Sha256.of(plan.badWords()));
        }
        if (!plan.decoding().toJson().isEmpty()) {
            node.set("decoding", plan.decoding().toJson());
        }
        return node;
    }

    @Override
    public ModelFolder model() {
        return model;
    }

    @Override
    public ObjectNode identity() {
        return identity.deepCopy();
    }

    @Override
    public Answers answer(List<PromptRow> prompts, DecodingParameters decoding, int samples, long seed) {
        GuidanceParameters guidance = plan.beta() == 0
                ? GuidanceParameters.NONE
                : new GuidanceParameters(Map.of(SUBSPACE, plan.beta()), plan.mode(), plan.maxCandidates());
        DecodingParameters own =
                plan.decoding().over(decoding).with().badWords(badWords).build();
        return sampled(engine(), prompts, guidance, own, samples, seed);
    }

    /** Answers of an engine. */
    static Answers sampled(
            GenerationEngine engine,
            List<PromptRow> prompts,
            GuidanceParameters guidance,
            DecodingParameters decoding,
            int samples,
            long seed) {
        PromptSampler.Samples sampled = new PromptSampler(engine).sample(prompts, guidance, decoding, samples, seed);
        return new Answers(
                sampled.completed().stream()
                        .map(ofPrompt ->
                                ofPrompt.stream().map(EngineSystem::answer).toList())
                        .toList(),
                Arrays.stream(sampled.failed()).boxed().toList());
    }

    private static Answer answer(GenerationOutcome.Completed completed) {
        GenerationOutcome.Usage usage = completed.usage();
        return new Answer(
                completed.text(),
                completed.tokenIds(),
                usage.meanKl() * usage.outputTokens(),
                usage.candidates(),
                usage.truncatedNuclei());
    }

    private GenerationEngine engine() {
        if (engine == null) {
            EngineSettings settings = settings(model, bench, plan.maxCandidates());
            EngineLoader.Files files = new EngineLoader.Files(
                    model.path(),
                    Optional.empty(),
                    plan.subspace() == null ? Map.of() : Map.of(SUBSPACE, plan.subspace()));
            engine = EngineLoader.load(files, bench.runtime(), bench.weights(), settings, LoadProgress.SILENT);
        }
        return engine;
    }

    /** An engine's bounds, for any system. */
    static EngineSettings settings(ModelFolder model, Workbench bench, int maxCandidates) {
        return new EngineSettings(
                bench.maxBatch(),
                Math.min(CONTEXT_LENGTH, model.config().shape().maxPositions()),
                PromptSampler.QUEUE,
                maxCandidates,
                EngineSettings.DEFAULT.prefillTokens());
    }

    /** The model's own; guidance and bad words weigh only the candidates of a nucleus, so with them there is none. */
    @Override
    public Optional<SpanLikelihood> likelihood() {
        if (plan.beta() > 0 || !badWords.isEmpty()) {
            return Optional.empty();
        }
        if (likelihood == null) {
            likelihood =
                    LikelihoodModel.open(model, bench.runtime(), bench.weights().computed());
        }
        return Optional.of(likelihood);
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
