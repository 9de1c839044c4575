package dev.temper.runtime.serve;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.sasa.ExchangeableGuidance;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.score.TextScorer;
import dev.temper.runtime.score.ToxicityScorer;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From folders to a running engine. */
public final class EngineLoader {
    private EngineLoader() {}

    /**
     * What an engine is made of.
     *
     * @param model folder of the language model
     * @param scorer folder of the classifier that scores answers; without one answers carry no scores
     * @param subspaces name by which requests refer to a subspace, to its file
     */
    public record Files(Path model, Optional<Path> scorer, Map<String, Path> subspaces) {
        public Files {
            subspaces = new LinkedHashMap<>(subspaces);
        }
    }

    /** Makes the decoder of an engine. */
    @FunctionalInterface
    public interface DecoderMaker {
        /**
         * @param lm the engine closes it after the decoder
         * @param limits what the cache of this model may hold
         */
        SequenceDecoder make(ModelFolder folder, CausalLm lm, Tokenizer tokenizer, CacheLimits limits);
    }

    /**
     * Loads everything and starts an engine that decodes as it is told to; it has no subspaces.
     *
     * @param scorer as in {@link Files}
     * @throws TemperException as {@link #load} does
     */
    public static LmGenerationEngine load(
            Path model,
            Optional<Path> scorer,
            TorchRuntime runtime,
            ElementType type,
            EngineSettings settings,
            DecoderMaker maker) {
        Files files = new Files(model, scorer, Map.of());
        return load(files, runtime, type, settings, LoadProgress.SILENT, Optional.of(maker));
    }

    /**
     * Loads everything and starts the engine.
     *
     * @throws TemperException if a file is missing or wrong, or if the device cannot hold what is asked for
     */
    public static LmGenerationEngine load(
            Files files, TorchRuntime runtime, ElementType type, EngineSettings settings, LoadProgress progress) {
        return load(files, runtime, type, settings, progress, Optional.empty());
    }

    private static LmGenerationEngine load(
            Files files,
            TorchRuntime runtime,
            ElementType type,
            EngineSettings settings,
            LoadProgress progress,
            Optional<DecoderMaker> maker) {
        Resources resources = new Resources();
        try {
            ModelFolder folder = ModelFolder.open(files.model()).require(ModelKind.CAUSAL_LM);
            String modelHash = folder.weightsHash();
            ExchangeableGuidance guidance = guidance(
                    files.subspaces(), modelHash, folder.config().shape().hidden());
            Tokenizer tokenizer = resources.add(Tokenizer.load(folder.path()));
            PromptEncoder prompts = PromptEncoder.load(folder.path(), tokenizer);
            Optional<ToxicityScorer> scorer = files.scorer()
                    .map(path -> resources.add(ToxicityScorer.load(
                            ModelFolder.open(path), runtime, type.computed(), LoadProgress.SILENT)));
            CausalLm lm = resources.add(CausalLm.load(folder, runtime, type, progress));
            NDManager ruleOwner = resources.add(lm.newScope());
            CacheLimits limits = CacheBudget.divide(lm.shape(), lm.bytesPerElement(), settings, runtime.freeBytes());
            SequenceDecoder decoder = maker.map(other -> other.make(folder, lm, tokenizer, limits))
                    .orElseGet(() -> new BatchDecoder(lm, guidance.rule(ruleOwner), limits, settings.maxCandidates()));
            GenerationEngine.Identity identity = new GenerationEngine.Identity(
                    folder.modelId(),
                    modelHash,
                    scorer.map(TextScorer::id).orElse(""),
                    scorer.map(TextScorer::hash).orElse(""),
                    guidance.current().hashes());
            return new LmGenerationEngine(
                    identity,
                    settings,
                    decoder,
                    prompts,
                    tokenizer,
                    Set.copyOf(folder.generation().eosIds()),
                    guidance,
                    scorer.map(TextScorer.class::cast),
                    resources);
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    private static ExchangeableGuidance guidance(Map<String, Path> files, String modelHash, int hiddenSize) {
        Map<String, SubspaceVersion> versions = new LinkedHashMap<>();
        files.forEach((name, file) -> versions.put(
                name, new SubspaceVersion(SubspaceFile.read(file, modelHash, hiddenSize), SubspaceFile.hash(file))));
        return new ExchangeableGuidance(versions, hiddenSize);
    }

    /** Closes in the opposite order of adding. */
    private static final class Resources implements AutoCloseable {
        private final Deque<AutoCloseable> stack = new ArrayDeque<>();

        <T extends AutoCloseable> T add(T resource) {
            stack.push(resource);
            return resource;
        }

        @Override
        public void close() {
            for (AutoCloseable resource : stack) {
                try {
                    resource.close();
                } catch (Exception e) {
                    throw new TemperException("a part of the engine could not be closed", e);
                }
            }
            stack.clear();
        }
    }
}
