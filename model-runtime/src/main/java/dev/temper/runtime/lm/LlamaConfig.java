package dev.temper.runtime.lm;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Settings of a model of the Llama family: Llama 2, 3, 3.1, 3.2 and what shares their architecture. Linear layers have
 * no biases and the feed-forward gate is SiLU; {@code config.json} files that say otherwise are refused.
 *
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
 * @param maxPositions most tokens of prompt and answer together
 * @param tieWordEmbeddings whether the output layer is the embedding
 * @param bosId begin-of-sequence token, if any
 * @param eosIds end-of-sequence tokens
 * @param padId padding token, if any
 * @param dtype the type in which the weights were published
 */
public record LlamaConfig(
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
        int maxPositions,
        boolean tieWordEmbeddings,
        OptionalInt bosId,
        List<Integer> eosIds,
        OptionalInt padId,
        ElementType dtype)
        implements LmConfig {

    /** The {@code model_type} of this family. */
    public static final String MODEL_TYPE = "llama";

    // Far above every published model, and far below what would overflow or exhaust memory before a tensor is seen.
    static final int MAX_WIDTH = 1 << 20;
    static final int MAX_LAYERS = 4096;
    static final int MAX_VOCAB = 1 << 24;
    static final int MAX_POSITIONS = 1 << 24;

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
        require(rmsNormEps > 0 && rmsNormEps < 1, "rms_norm_eps must be in (0, 1), not " + rmsNormEps);
        require(ropeTheta > 1 && Double.isFinite(ropeTheta), "rope_theta must be finite and above 1, not " + ropeTheta);
        Objects.requireNonNull(ropeScaling, "ropeScaling");
        require(dtype.isFloating(), "dtype must be a floating type, not " + dtype.torchName());
        eosIds = List.copyOf(eosIds);
        eosIds.forEach(LlamaConfig::requireTokenId);
        bosId.ifPresent(LlamaConfig::requireTokenId);
        padId.ifPresent(LlamaConfig::requireTokenId);
    }

    @Override
    public String modelType() {
        return MODEL_TYPE;
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

    /**
     * Rotary frequencies in radians per position, {@code headDim / 2} of them, in float32 as the reference computes and
     * keeps them, also when the weights are bfloat16.
     */
    public float[] inverseFrequencies() {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / headDim;
            frequencies[i] = scaled(1f / (float) Math.pow(ropeTheta, exponent));
        }
        return frequencies;
    }

    private float scaled(float frequency) {
        if (ropeScaling instanceof RopeScaling.Linear linear) {
            return frequency / (float) linear.factor();
        } else if (ropeScaling instanceof RopeScaling.Llama3 llama3) {
            return scaled(frequency, llama3);
        }
        return frequency;
    }

    private static float scaled(float frequency, RopeScaling.Llama3 scaling) {
        float wavelength = (float) (2 * Math.PI / frequency);
        double longest = scaling.originalMaxPositions() / scaling.lowFreqFactor();
        double shortest = scaling.originalMaxPositions() / scaling.highFreqFactor();
        float divided = frequency / (float) scaling.factor();
        if (wavelength > longest) {
            return divided;
        } else if (wavelength < shortest) {
            return frequency;
        }
        float kept = (float) ((scaling.originalMaxPositions() / wavelength - scaling.lowFreqFactor())
                / (scaling.highFreqFactor() - scaling.lowFreqFactor()));
        return (1 - kept) * divided + kept * frequency;
    }

    private static void requireTokenId(int id) {
        require(id >= 0, "a token id must be at least 0, not " + id);
    }

    private static void requireRange(String name, int value, int least, int most) {
        require(value >= least && value <= most, name + " must be in [" + least + ", " + most + "], not " + value);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
