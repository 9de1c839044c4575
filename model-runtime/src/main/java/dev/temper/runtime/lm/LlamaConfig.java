package dev.temper.runtime.lm;

import static dev.temper.runtime.lm.ConfigChecks.MAX_LAYERS;
import static dev.temper.runtime.lm.ConfigChecks.MAX_POSITIONS;
import static dev.temper.runtime.lm.ConfigChecks.MAX_VOCAB;
import static dev.temper.runtime.lm.ConfigChecks.MAX_WIDTH;
import static dev.temper.runtime.lm.ConfigChecks.require;
import static dev.temper.runtime.lm.ConfigChecks.requireEpsilon;
import static dev.temper.runtime.lm.ConfigChecks.requireRange;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of a model of the Llama family: Llama 2, 3, 3.1, 3.2, Mistral and Qwen2. The feed-forward gate is SiLU, and
 * linear layers have no biases but those of the {@link LlamaVariant}; {@code config.json} files that say otherwise are
 * refused.
 *
 * @param variant which of the families
 * @param vocab rows of the embedding and of the output layer
 * @param hidden width of a hidden state
 * @param layers decoder layers
 * @param heads query heads
 * @param kvHeads key-value heads; divides {@code heads}
 * @param headDim width of one head, even; not always {@code hidden / heads}
 * @param intermediate width of the feed-forward layer
 * @param rmsNormEps added to the mean square in every RMS norm
 * @param ropeTheta base of the rotary wavelengths
 * @param ropeScaling how the rotary frequencies were stretched
 * @param slidingWindow most tokens that a token attends to, itself included; 0 = all before it
 * @param maxPositions most tokens of prompt and answer together
 * @param tieWordEmbeddings whether the output layer is the embedding
 * @param bosId begin-of-sequence token, if any
 * @param eosIds end-of-sequence tokens
 * @param padId padding token, if any
 * @param dtype the type in which the weights were published
 */
public record LlamaConfig(
        LlamaVariant variant,
        int vocab,
        int hidden,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int intermediate,
        double rmsNormEps,
        double ropeTheta,
        RopeScaling ropeScaling,
        int slidingWindow,
        int maxPositions,
        boolean tieWordEmbeddings,
        OptionalInt bosId,
        List<Integer> eosIds,
        OptionalInt padId,
        ElementType dtype)
        implements LmConfig {

    public LlamaConfig {
        requireRange("vocab_size", vocab, 1, MAX_VOCAB);
        requireRange("hidden_size", hidden, 1, MAX_WIDTH);
        requireRange("num_hidden_layers", layers, 1, MAX_LAYERS);
        requireRange("num_attention_heads", heads, 1, MAX_WIDTH);
        requireRange("num_key_value_heads", kvHeads, 1, heads);
        requireRange("head_dim", headDim, 2, MAX_WIDTH);
        requireRange("intermediate_size", intermediate, 1, MAX_WIDTH);
        requireRange("max_position_embeddings", maxPositions, 1, MAX_POSITIONS);
        require(
                heads % kvHeads == 0,
                "num_key_value_heads " + kvHeads + " does not divide num_attention_heads " + heads);
        require(headDim % 2 == 0, "head_dim must be even for rotary positions, not " + headDim);
        require((long) heads * headDim <= MAX_WIDTH, "num_attention_heads x head_dim must be at most " + MAX_WIDTH);
        requireEpsilon("rms_norm_eps", rmsNormEps);
        requireRange("sliding_window", slidingWindow, 0, Integer.MAX_VALUE);
        Objects.requireNonNull(variant, "variant");
        new Rotary(headDim, ropeTheta, ropeScaling); // has checks of its own
        require(dtype.isFloating(), "dtype must be a floating type, not " + dtype.torchName());
        eosIds = List.copyOf(eosIds);
        eosIds.forEach(ConfigChecks::requireTokenId);
        bosId.ifPresent(ConfigChecks::requireTokenId);
        padId.ifPresent(ConfigChecks::requireTokenId);
    }

    @Override
    public String modelType() {
        return variant.modelType();
    }

    @Override
    public LmShape shape() {
        return new LmShape(layers, kvHeads, headDim, hidden, vocab, maxPositions);
    }

    /** Width of all query heads side by side. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all key heads (or value heads) side by side. */
    public int keyValueWidth() {
        return kvHeads * headDim;
    }

    @Override
    public String causalArchitecture() {
        return variant.className() + "ForCausalLM";
    }

    @Override
    public String weightPrefix() {
        return LlamaWeights.PREFIX;
    }

    @Override
    public List<String> familyTexts() {
        return List.of("lm/linear.py", "lm/rotary.py", "lm/llama.py");
    }

    @Override
    public long[] dimensions() {
        return new long[] {layers, heads, kvHeads, headDim, slidingWindow, variant.queryKeyValueBias() ? 1 : 0};
    }

    @Override
    public double epsilon() {
        return rmsNormEps;
    }

    @Override
    public Optional<Rotary> rotary() {
        return Optional.of(new Rotary(headDim, ropeTheta, ropeScaling));
    }

    @Override
    public WeightPlan causalPlan() {
        return LlamaWeights.plan(this);
    }

    /** Rotary frequencies in radians per position, {@code headDim / 2} of them, in float32 as the reference keeps them. */
    public float[] inverseFrequencies() {
        return new Rotary(headDim, ropeTheta, ropeScaling).inverseFrequencies();
    }

    /** The same settings with another number of layers, and an output layer of its own. */
    public LlamaConfig shortened(int newLayers) {
        return new LlamaConfig(
                variant,
                vocab,
                hidden,
                newLayers,
                heads,
                kvHeads,
                headDim,
                intermediate,
                rmsNormEps,
                ropeTheta,
                ropeScaling,
                slidingWindow,
                maxPositions,
                false,
                bosId,
                eosIds,
                padId,
                dtype);
    }
}
