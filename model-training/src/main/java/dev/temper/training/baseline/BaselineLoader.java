package dev.temper.training.baseline;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ClassificationHead;
import dev.temper.runtime.lm.ClassificationHead.Problem;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.lm.TemperManifest;
import dev.temper.runtime.score.ToxicityScorer;
import dev.temper.runtime.serve.EngineLoader;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.LmGenerationEngine;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.WordFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * From folders to an engine that decodes by a {@link Baseline}: the serving engine with another decoder, so that prompts,
 * seeds, stops and scores are the same. Requests to it cannot ask for guidance. Opening checks folders and files, and
 * loads no weights.
 */
public final class BaselineLoader {
    private final ModelFolder model;
    private final Baseline baseline;
    private final Map<String, ModelFolder> companions = new LinkedHashMap<>(); // by role
    private final Map<String, String> identity = new LinkedHashMap<>();
    private List<String> words = List.of();
    private int[] harmful = {};

    private BaselineLoader(ModelFolder model, Baseline baseline) {
        this.model = model;
        this.baseline = baseline;
        identity.put("method", baseline.method());
    }

    /**
     * Opens all that a method needs.
     *
     * @param model the language model
     * @throws TemperException if a folder or file is missing or wrong, or a model has another vocabulary
     */
    public static BaselineLoader open(ModelFolder model, Baseline baseline) {
        BaselineLoader loader = new BaselineLoader(model.require(ModelKind.CAUSAL_LM), baseline);
        if (baseline instanceof Baseline.Nado nado) {
            loader.openNado(nado);
        } else if (baseline instanceof Baseline.Rad rad) {
            loader.openRad(rad);
        } else if (baseline instanceof Baseline.DExperts experts) {
            loader.openExperts(experts);
        } else if (baseline instanceof Baseline.WordFilter filter) {
            WordFile list = WordFile.read(filter.words());
            loader.words = list.words();
            loader.note("words", list.file().name() + " " + list.file().sha256());
        }
        loader.requireSameTokens();
        return loader;
    }

    private void openNado(Baseline.Nado nado) {
        ModelFolder folder = add("auxiliary", nado.auxiliary(), ModelKind.CAUSAL_LM);
        if (!folder.manifest().map(TemperManifest::kind).equals(Optional.of("auxiliary"))) {
            throw new TemperException(folder.path() + " holds no auxiliary model; name the folder auxiliary of an"
                    + " iteration that temper fine-tune left");
        }
        note("delta", nado.delta());
    }

    private void openRad(Baseline.Rad rad) {
        ModelFolder folder = add("reward", rad.reward(), ModelKind.SEQUENCE_CLASSIFICATION);
        folder.decoder(); // refuses encoders, which would have to read every candidate's text anew
        ClassificationHead head = folder.classification().orElseThrow();
        int[] all = ToxicityScorer.categoryLabels(head);
        harmful = rad.category()
                .map(name -> Arrays.stream(all)
                        .filter(i -> head.labels().get(i).equals(name))
                        .toArray())
                .orElse(all);
        if (harmful.length == 0) {
            throw new TemperException(folder.path() + " has no category '"
                    + rad.category().orElse("any") + "' among its labels " + head.labels() + "; name one of them");
        }
        note("beta", rad.beta());
        note("top_k", rad.topK());
        note(
                "category",
                String.join(
                        ", ",
                        Arrays.stream(harmful).mapToObj(head.labels()::get).toList()));
    }

    private void openExperts(Baseline.DExperts experts) {
        add("expert", experts.expert(), ModelKind.CAUSAL_LM);
        add("anti_expert", experts.antiExpert(), ModelKind.CAUSAL_LM);
        note("alpha", experts.alpha());
    }

    private ModelFolder add(String role, Path path, ModelKind kind) {
        ModelFolder folder = ModelFolder.open(path).require(kind);
        companions.put(role, folder);
        note(role, folder.modelId() + " " + folder.weightsHash());
        return folder;
    }

    private void note(String what, Object value) {
        identity.put(what, String.valueOf(value));
    }

    private void requireSameTokens() {
        if (companions.isEmpty()) {
            return;
        }
        int outputs = model.config().shape().vocab();
        try (Tokenizer tokenizer = Tokenizer.load(model.path())) {
            for (ModelFolder folder : companions.values()) {
                boolean sameOutputs = folder.kind() == ModelKind.SEQUENCE_CLASSIFICATION
                        || folder.config().shape().vocab() == outputs;
                try (Tokenizer other = Tokenizer.load(folder.path())) {
                    if (!sameOutputs || !other.hasSameTokens(tokenizer)) {
                        throw new TemperException(folder.path() + " has another vocabulary than " + model.path()
                                + "; models that decode together must have been made from one tokenizer");
                    }
                }
            }
        }
    }

    /** What the method adds to the language model: its name, its numbers, and the hashes of models and files. */
    public Map<String, String> identity() {
        return new LinkedHashMap<>(identity);
    }

    /**
     * Loads everything and starts an engine, which the caller closes.
     *
     * @param scorer folder of the classifier that scores answers; without one answers carry no scores
     * @param settings as for serving; the caches of the method's own models come on top of {@code cacheBytes}
     * @throws TemperException if weights are wrong, or the device cannot hold them
     */
    public LmGenerationEngine start(
            Optional<Path> scorer, TorchRuntime runtime, ElementType type, EngineSettings settings) {
        return EngineLoader.load(
                model.path(),
                scorer,
                runtime,
                type,
                settings,
                (folder, lm, tokenizer, limits) -> decoder(lm, tokenizer, limits, runtime, type));
    }

    /**
     * Loads the models to tell how likely the method finds given tokens. Empty for methods that weigh only some candidates
     * of each token, and for NADO with δ &lt; 1.
     *
     * @return the caller closes it
     */
    public Optional<BaselineLikelihood> likelihood(TorchRuntime runtime, ElementType type) {
        boolean told = baseline instanceof Baseline.Plain
                || baseline instanceof Baseline.DExperts
                || (baseline instanceof Baseline.Nado nado && nado.delta() == 1);
        return told
                ? Optional.of(BaselineLikelihood.load(model, List.copyOf(companions.values()), baseline, runtime, type))
                : Optional.empty();
    }

    private SequenceDecoder decoder(
            CausalLm lm, Tokenizer tokenizer, CacheLimits limits, TorchRuntime runtime, ElementType type) {
        List<CausalLm> loaded = new ArrayList<>();
        try {
            int context = limits.contextLength();
            for (ModelFolder folder : companions.values()) {
                loaded.add(CausalLm.load(folder, runtime, type, LoadProgress.SILENT));
                context = Math.min(context, folder.config().shape().maxPositions());
            }
            CacheLimits shared = new CacheLimits(limits.slots(), context, 0);
            List<CachedModel> cached = loaded.stream()
                    .map(companion -> new CachedModel(companion, true, shared.slots(), shared.contextLength()))
                    .toList();
            return new BaselineDecoder(
                    lm, rule(cached, runtime, shared.slots()), shared, BannedWords.runs(words, tokenizer));
        } catch (RuntimeException e) {
            loaded.forEach(CausalLm::close);
            throw e;
        }
    }

    private NextTokenRule rule(List<CachedModel> cached, TorchRuntime runtime, int slots) {
        if (baseline instanceof Baseline.Nado nado) {
            return new NadoRule(runtime.newManager(), cached.get(0), nado.delta(), slots);
        } else if (baseline instanceof Baseline.Rad rad) {
            ClassificationHead head = Objects.requireNonNull(companions.get("reward"))
                    .classification()
                    .orElseThrow();
            boolean exclusive = head.problem() == Problem.SINGLE_LABEL;
            int topK = Math.min(rad.topK(), model.config().shape().vocab());
            return new RadRule(runtime.newManager(), cached.get(0), harmful, exclusive, rad.beta(), topK);
        } else if (baseline instanceof Baseline.DExperts experts) {
            return new DExpertsRule(cached.get(0), cached.get(1), experts.alpha());
        }
        return new PlainRule();
    }
}
