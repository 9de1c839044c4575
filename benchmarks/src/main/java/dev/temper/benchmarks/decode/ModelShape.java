package dev.temper.benchmarks.decode;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.Activation;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.CheckpointFacts;
import dev.temper.runtime.lm.DecoderSizes;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.Gpt2Config;
import dev.temper.runtime.lm.LlamaConfig;
import dev.temper.runtime.lm.LlamaVariant;
import dev.temper.runtime.lm.LmConfig;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.lm.RopeScaling;
import dev.temper.runtime.lm.WeightPlan;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A model to measure: a folder, or a shape by name, whose weights are random and made in memory.
 *
 * @param name how results call it
 * @param folder where its weights are, unless they are random
 */
record ModelShape(String name, LmConfig config, Optional<ModelFolder> folder) {
    private static final int NARROW = 64;
    private static final int NARROW_HEADS = 2;
    private static final CheckpointFacts FACTS =
            new CheckpointFacts(ElementType.FLOAT32, OptionalInt.empty(), List.of(), OptionalInt.empty());

    /** Published sizes: Radford et al. 2019; Meta's Llama 3.2 1B and Llama 3.1 8B. */
    private static final Map<String, LmConfig> NAMED = new TreeMap<>(Map.of(
            "gpt2-small",
            gpt2(new DecoderSizes(50_257, 768, 12, 12, 12, 3072, 1024)),
            "llama-3.2-1b",
            llama(128_256, 2048, 16, 32, 8, 64, 8192, true),
            "llama-3.1-8b",
            llama(128_256, 4096, 32, 32, 8, 128, 14_336, false)));

    /**
     * Finds a model.
     *
     * @param named one of the named shapes, or a folder
     */
    static ModelShape find(String named) {
        LmConfig shape = NAMED.get(named);
        if (shape != null) {
            return new ModelShape(named, shape, Optional.empty());
        }
        if (!Files.isDirectory(Path.of(named))) {
            throw new TemperException(
                    "there is no model folder " + named + "; name a folder, or one of the shapes " + NAMED.keySet());
        }
        ModelFolder folder = ModelFolder.open(Path.of(named)).require(ModelKind.CAUSAL_LM);
        return new ModelShape(folder.modelId(), folder.decoder(), Optional.of(folder));
    }

    /** Brings the weights to the device. */
    CausalLm load(TorchRuntime runtime, ElementType type, long seed) {
        return folder.map(found -> CausalLm.load(found, runtime, type, LoadProgress.SILENT))
                .orElseGet(() -> CausalLm.random(config, runtime, type, seed));
    }

    /**
     * The same family and layers, so narrow that its arithmetic costs nothing: what a step of it takes is the host's
     * part. For Llama and GPT-2.
     */
    Optional<ModelShape> narrow() {
        int layers = config.shape().layers();
        LmConfig narrow = null;
        if (config instanceof Gpt2Config) {
            narrow = gpt2(new DecoderSizes(512, NARROW, layers, NARROW_HEADS, NARROW_HEADS, NARROW, 1024));
        } else if (config instanceof LlamaConfig) {
            narrow = llama(512, NARROW, layers, NARROW_HEADS, 1, NARROW / NARROW_HEADS, NARROW, true);
        }
        return Optional.ofNullable(narrow).map(c -> new ModelShape(name + ", narrow", c, Optional.empty()));
    }

    /** Elements of weights that a decoding pass reads whole; of tables that are only looked up it reads a row. */
    long elementsReadByAPass() {
        List<WeightPlan.Slot> slots = config.causalPlan().slots();
        boolean shared = slots.stream().anyMatch(WeightPlan.Shared.class::isInstance);
        long elements = 0;
        for (WeightPlan.Part part : config.causalPlan().parts()) {
            boolean embedding = part.name().matches(".*(embed_tokens|embed_in|word_embeddings|wte)\\.weight");
            boolean positions = part.name().matches(".*(embed_positions|wpe)\\.weight");
            if (!positions && (shared || !embedding)) {
                elements += part.rows() * part.rowElements();
            }
        }
        return elements;
    }

    private static Gpt2Config gpt2(DecoderSizes sizes) {
        return new Gpt2Config(sizes, FACTS, 1e-5, Activation.GELU_TANH, true);
    }

    private static LlamaConfig llama(
            int vocab, int hidden, int layers, int heads, int kvHeads, int headDim, int intermediate, boolean tied) {
        return new LlamaConfig(
                LlamaVariant.LLAMA,
                vocab,
                hidden,
                layers,
                heads,
                kvHeads,
                headDim,
                intermediate,
                1e-5,
                5e5,
                new RopeScaling.None(),
                0,
                8192,
                tied,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                ElementType.BFLOAT16);
    }
}
