package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A Hugging Face folder whose settings were read and found supported; weights are looked at by {@link WeightFiles} only
 * when asked for. Immutable and thread-safe.
 */
public final class ModelFolder {
    static final long MAX_CONFIG_BYTES = 4 << 20;
    private static final String CURE =
            "a model folder needs config.json, tokenizer.json and model.safetensors, as on the Hugging Face Hub";

    private static final String LLAMA_CLASSIFIER = "LlamaForSequenceClassification";

    private final Path path;
    private final ModelConfig config;
    private final ModelKind kind;
    private final Optional<ClassificationHead> classification;
    private final GenerationDefaults generation;
    private final Optional<TemperManifest> manifest;
    private final WeightFiles weights;

    private ModelFolder(
            Path path,
            ModelConfig config,
            ModelKind kind,
            Optional<ClassificationHead> classification,
            GenerationDefaults generation,
            Optional<TemperManifest> manifest) {
        this.path = path;
        this.config = config;
        this.kind = kind;
        this.classification = classification;
        this.generation = generation;
        this.manifest = manifest;
        this.weights = WeightFiles.find(path);
    }

    /**
     * Reads the settings of a folder.
     *
     * @throws TemperException naming the file, what is wrong and the cure, if a file is missing or unreadable, or a
     *     setting is wrong or not supported
     */
    public static ModelFolder open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new TemperException("there is no model folder " + folder + ": " + CURE);
        }
        Path path = folder.toAbsolutePath().normalize();
        if (!Files.isRegularFile(path.resolve("tokenizer.json"))) {
            throw new TemperException(path.resolve("tokenizer.json") + " does not exist: " + CURE);
        }
        JsonSettings settings = JsonSettings.read(path.resolve("config.json"), MAX_CONFIG_BYTES, CURE);
        ModelConfig config = ModelFamilies.read(settings);
        ModelKind kind = kind(settings, config);
        Optional<ClassificationHead> head = kind == ModelKind.SEQUENCE_CLASSIFICATION
                ? Optional.of(ClassificationHeadReader.read(settings))
                : Optional.empty();
        return new ModelFolder(path, config, kind, head, generationDefaults(path, config), TemperManifest.read(path));
    }

    private static ModelKind kind(JsonSettings settings, ModelConfig config) {
        List<String> architectures = settings.texts("architectures");
        if (config instanceof EncoderConfig encoder) {
            String supported = encoder.family().architecture();
            if (architectures.isEmpty() || architectures.get(0).equals(supported)) {
                return ModelKind.SEQUENCE_CLASSIFICATION;
            }
            throw settings.unsupported("architectures", architectures.get(0), supported);
        }
        return decoderKind(settings, architectures, (LmConfig) config);
    }

    private static ModelKind decoderKind(JsonSettings settings, List<String> architectures, LmConfig config) {
        if (architectures.isEmpty() || architectures.get(0).equals(config.causalArchitecture())) {
            return ModelKind.CAUSAL_LM;
        }
        boolean classifies = config instanceof LlamaConfig llama && llama.variant() == LlamaVariant.LLAMA;
        if (classifies && architectures.get(0).equals(LLAMA_CLASSIFIER)) {
            return ModelKind.SEQUENCE_CLASSIFICATION;
        }
        throw settings.unsupported(
                "architectures",
                architectures.get(0),
                config.causalArchitecture() + (classifies ? ", " + LLAMA_CLASSIFIER : ""));
    }

    private static GenerationDefaults generationDefaults(Path folder, ModelConfig config) {
        Path file = folder.resolve("generation_config.json");
        JsonSettings settings =
                Files.exists(file) ? JsonSettings.read(file, MAX_CONFIG_BYTES, "") : JsonSettings.none(file.toString());
        return GenerationDefaults.read(settings, config);
    }

    /** The folder, absolute. */
    public Path path() {
        return path;
    }

    /** The folder's name: what events call the model. */
    public String modelId() {
        return String.valueOf(path.getFileName());
    }

    public ModelKind kind() {
        return kind;
    }

    public ModelConfig config() {
        return config;
    }

    /** Labels of a sequence classifier; empty for a causal language model. */
    public Optional<ClassificationHead> classification() {
        return classification;
    }

    public GenerationDefaults generation() {
        return generation;
    }

    /** What {@code temper.json} says, if it is there. */
    public Optional<TemperManifest> manifest() {
        return manifest;
    }

    /** The weight files. Their headers have not been read yet. */
    public WeightFiles weights() {
        return weights;
    }

    /** SHA-256 of the weights, hexadecimal: see {@link WeightFiles#sha256()}. */
    public String weightsHash() {
        return weights.sha256();
    }

    /** The tensors that this checkpoint must have, in the order in which the model's text takes them. */
    public WeightPlan weightPlan() {
        if (config instanceof EncoderConfig encoder) {
            return EncoderWeights.classifierPlan(
                    encoder, classification.orElseThrow().labels().size());
        }
        LmConfig decoder = decoder();
        WeightPlan plan = classification
                .map(head -> LlamaWeights.classifierPlan(llama(), head.labels().size()))
                .orElseGet(decoder::causalPlan);
        boolean prefixed = weights.names().stream().anyMatch(name -> name.startsWith(decoder.weightPrefix()));
        return prefixed ? plan : plan.withoutPrefix(decoder.weightPrefix());
    }

    /**
     * The settings of a decoder.
     *
     * @throws TemperException if the model is an encoder
     */
    public LmConfig decoder() {
        if (config instanceof LmConfig decoder) {
            return decoder;
        }
        throw new TemperException(path + " holds a " + config.modelType()
                + " model, which generates nothing, but a decoder is needed here; name another folder");
    }

    /**
     * The settings of a Llama model, for what only works with one: training a classifier.
     *
     * @throws TemperException if the model is of another family
     */
    public LlamaConfig llama() {
        if (config instanceof LlamaConfig llama && llama.variant() == LlamaVariant.LLAMA) {
            return llama;
        }
        throw new TemperException(path + " holds a " + config.modelType()
                + " model, but a llama model is needed here; name another folder");
    }

    /**
     * Refuses a folder of another kind.
     *
     * @return this
     */
    public ModelFolder require(ModelKind wanted) {
        if (kind != wanted) {
            throw new TemperException(path + " holds a " + kind.name().toLowerCase(java.util.Locale.ROOT)
                    + " model, but a " + wanted.name().toLowerCase(java.util.Locale.ROOT)
                    + " model is needed here; name another folder");
        }
        return this;
    }
}
