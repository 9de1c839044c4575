package dev.temper.runtime.lm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The GPT-NeoX family, Pythia among it: rotary positions in a part of each head, feed-forward beside attention or after it.
 *
 * @param layerNormEps added to the variance in every norm
 * @param activation of the feed-forward layer
 * @param rotaryPart the part of a head that turns, in (0, 1]
 * @param ropeTheta base of the rotary wavelengths
 * @param ropeScaling how the rotary frequencies were stretched
 * @param parallel whether the feed-forward layer reads the layer's input, not what attention made of it
 * @param tieWordEmbeddings whether the output layer is the embedding
 */
public record GptNeoxConfig(
        DecoderSizes sizes,
        CheckpointFacts facts,
        double layerNormEps,
        Activation activation,
        double rotaryPart,
        double ropeTheta,
        RopeScaling ropeScaling,
        boolean parallel,
        boolean tieWordEmbeddings)
        implements LayerNormConfig {
    private static final String MODEL_TYPE = "gpt_neox";

    /** Old checkpoints hold causal masks and rotary frequencies. */
    private static final String BUFFERS =
            "(gpt_neox\\.)?layers\\.\\d+\\.attention\\.(bias|masked_bias|rotary_emb\\.inv_freq)";

    public GptNeoxConfig {
        ConfigChecks.requireEpsilon("layer_norm_eps", layerNormEps);
        ConfigChecks.require(rotaryPart > 0 && rotaryPart <= 1, "rotary_pct must be in (0, 1], not " + rotaryPart);
        rotaryOf(sizes, rotaryPart, ropeTheta, ropeScaling); // has checks of its own
    }

    /** Found by its name in {@code config.json}. */
    public static final class Family implements ModelFamily {
        @Override
        public Set<String> modelTypes() {
            return Set.of(MODEL_TYPE);
        }

        @Override
        public ModelConfig read(JsonSettings config) {
            return GptNeoxConfig.read(config);
        }
    }

    /** Reads {@code config.json}; absent settings take the defaults of {@code configuration_gpt_neox.py}. */
    private static GptNeoxConfig read(JsonSettings config) {
        config.require("attention_bias", true);
        int heads = config.integer("num_attention_heads", 64);
        double part = config.number("rotary_pct", 0.25);
        CheckpointFacts facts = CheckpointFacts.read(config, OptionalInt.of(0), List.of(2), OptionalInt.empty());
        Activation activation = Activation.read(config, "hidden_act", "gelu");
        DecoderSizes sizes = new DecoderSizes(
                config.integer("vocab_size", 50_432),
                config.integer("hidden_size", 6144),
                config.integer("num_hidden_layers", 44),
                heads,
                heads,
                config.integer("intermediate_size", 24_576),
                config.integer("max_position_embeddings", 2048));
        return new GptNeoxConfig(
                sizes,
                facts,
                config.number("layer_norm_eps", 1e-5),
                activation,
                RotaryReader.parameters(config)
                        .map(rope -> rope.number("partial_rotary_factor", part))
                        .orElse(part),
                RotaryReader.theta(config, config.has("rope_theta") ? "rope_theta" : "rotary_emb_base"),
                RotaryReader.scaling(config),
                config.flag("use_parallel_residual", true),
                config.flag("tie_word_embeddings", false));
    }

    private static Rotary rotaryOf(DecoderSizes sizes, double part, double theta, RopeScaling scaling) {
        return new Rotary((int) (sizes.headDim() * part), theta, scaling);
    }

    @Override
    public String modelType() {
        return MODEL_TYPE;
    }

    @Override
    public String causalArchitecture() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public String weightPrefix() {
        return "gpt_neox.";
    }

    @Override
    public List<String> familyTexts() {
        return List.of("lm/linear.py", "lm/rotary.py", "lm/layers.py", "lm/gpt_neox.py");
    }

    @Override
    public List<Integer> ownNumbers() {
        return List.of(activation.code(), parallel ? 1 : 0);
    }

    @Override
    public double epsilon() {
        return layerNormEps;
    }

    @Override
    public Optional<Rotary> rotary() {
        return Optional.of(rotaryOf(sizes, rotaryPart, ropeTheta, ropeScaling));
    }

    @Override
    public WeightPlan causalPlan() {
        long hidden = sizes.hidden();
        long inner = sizes.intermediate();
        SlotList slots = new SlotList();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String prefix = weightPrefix() + "layers." + layer + ".";
            slots.norm(prefix + "input_layernorm", hidden)
                    .biased(prefix + "attention.query_key_value", 3 * hidden, 3 * hidden, hidden)
                    .biased(prefix + "attention.dense", hidden, hidden, hidden)
                    .norm(prefix + "post_attention_layernorm", hidden)
                    .biased(prefix + "mlp.dense_h_to_4h", inner, inner, hidden)
                    .biased(prefix + "mlp.dense_4h_to_h", hidden, hidden, inner);
        }
        int embedding = slots.size();
        slots.table(weightPrefix() + "embed_in.weight", sizes.vocab(), hidden)
                .norm(weightPrefix() + "final_layer_norm", hidden)
                .head(tieWordEmbeddings, embedding, "embed_out.weight", sizes.vocab(), hidden);
        return tieWordEmbeddings ? slots.plan(BUFFERS, "embed_out\\.weight") : slots.plan(BUFFERS);
    }
}
