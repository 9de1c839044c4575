package dev.temper.runtime.lm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The Falcon family: rotary positions, feed-forward beside attention, no biases in linear layers. Falcon-7B has one
 * key-value head and one norm a layer; the new decoder architecture (Falcon-40B and later) has several key-value heads,
 * each stored with its queries, and mostly two norms.
 *
 * @param layerNormEps added to the variance in every norm
 * @param activation of the feed-forward layer
 * @param ropeTheta base of the rotary wavelengths
 * @param ropeScaling how the rotary frequencies were stretched
 * @param twoNorms whether attention and feed-forward have a norm each
 * @param tieWordEmbeddings whether the output layer is the embedding
 */
public record FalconConfig(
        DecoderSizes sizes,
        CheckpointFacts facts,
        double layerNormEps,
        Activation activation,
        double ropeTheta,
        RopeScaling ropeScaling,
        boolean twoNorms,
        boolean tieWordEmbeddings)
        implements LayerNormConfig {
    private static final String MODEL_TYPE = "falcon";

    private static final String ROTARY_BUFFER =
            "(transformer\\.)?h\\.\\d+\\.self_attention\\.(maybe_)?rotary(_emb)?\\.inv_freq";

    public FalconConfig {
        ConfigChecks.requireEpsilon("layer_norm_epsilon", layerNormEps);
        new Rotary(sizes.headDim(), ropeTheta, ropeScaling); // has checks of its own
    }

    /** Found by its name in {@code config.json}. */
    public static final class Family implements ModelFamily {
        @Override
        public Set<String> modelTypes() {
            return Set.of(MODEL_TYPE);
        }

        @Override
        public ModelConfig read(JsonSettings config) {
            return FalconConfig.read(config);
        }
    }

    /** Reads {@code config.json}; absent settings take the defaults of {@code configuration_falcon.py}. */
    private static FalconConfig read(JsonSettings config) {
        for (String setting : List.of("alibi", "bias", "apply_residual_connection_post_layernorm")) {
            config.require(setting, false);
        }
        config.require("parallel_attn", true);
        RotaryReader.refusePartial(config);
        int hidden = config.integer("hidden_size", 4544);
        int heads = config.integer("num_attention_heads", 71);
        boolean grouped = config.flag("new_decoder_architecture", false);
        int norms = config.integer("num_ln_in_parallel_attn", grouped ? 2 : 1);
        if (norms < 1 || norms > (grouped ? 2 : 1)) {
            throw config.unsupported("num_ln_in_parallel_attn", String.valueOf(norms), grouped ? "1, 2" : "1");
        }
        CheckpointFacts facts = CheckpointFacts.read(config, OptionalInt.of(11), List.of(11), OptionalInt.empty());
        Activation activation = Activation.read(config, "activation", "gelu");
        DecoderSizes sizes = new DecoderSizes(
                config.integer("vocab_size", 65_024),
                hidden,
                config.integer("num_hidden_layers", 32),
                heads,
                keyValueHeads(config, heads, grouped),
                config.integer("ffn_hidden_size", (int) Math.min(4L * hidden, Integer.MAX_VALUE)),
                config.integer("max_position_embeddings", 2048));
        return new FalconConfig(
                sizes,
                facts,
                config.number("layer_norm_epsilon", 1e-5),
                activation,
                RotaryReader.theta(config, "rope_theta"),
                RotaryReader.scaling(config),
                norms == 2,
                config.flag("tie_word_embeddings", true));
    }

    private static int keyValueHeads(JsonSettings config, int heads, boolean grouped) {
        if (grouped) {
            return config.integer("num_kv_heads", heads);
        }
        return config.flag("multi_query", true) ? 1 : heads;
    }

    @Override
    public String modelType() {
        return MODEL_TYPE;
    }

    @Override
    public String causalArchitecture() {
        return "FalconForCausalLM";
    }

    @Override
    public String weightPrefix() {
        return "transformer.";
    }

    @Override
    public List<String> familyTexts() {
        return List.of("lm/linear.py", "lm/rotary.py", "lm/layers.py", "lm/falcon.py");
    }

    @Override
    public List<Integer> ownNumbers() {
        return List.of(activation.code());
    }

    @Override
    public double epsilon() {
        return layerNormEps;
    }

    @Override
    public Optional<Rotary> rotary() {
        return Optional.of(new Rotary(sizes.headDim(), ropeTheta, ropeScaling));
    }

    @Override
    public WeightPlan causalPlan() {
        long hidden = sizes.hidden();
        long inner = sizes.intermediate();
        long joint = (sizes.heads() + 2L * sizes.kvHeads()) * sizes.headDim();
        SlotList slots = new SlotList();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String prefix = weightPrefix() + "h." + layer + ".";
            slots.norm(prefix + (twoNorms ? "ln_attn" : "input_layernorm"), hidden);
            if (twoNorms) {
                slots.norm(prefix + "ln_mlp", hidden);
            } else {
                int norm = slots.size() - 2;
                slots.share(norm).share(norm + 1);
            }
            slots.add(prefix + "self_attention.query_key_value.weight", joint, hidden)
                    .add(prefix + "self_attention.dense.weight", hidden, hidden)
                    .add(prefix + "mlp.dense_h_to_4h.weight", inner, hidden)
                    .add(prefix + "mlp.dense_4h_to_h.weight", hidden, inner);
        }
        int embedding = slots.size();
        slots.table(weightPrefix() + "word_embeddings.weight", sizes.vocab(), hidden)
                .norm(weightPrefix() + "ln_f", hidden)
                .head(tieWordEmbeddings, embedding, "lm_head.weight", sizes.vocab(), hidden);
        return tieWordEmbeddings ? slots.plan(ROTARY_BUFFER, "lm_head\\.weight") : slots.plan(ROTARY_BUFFER);
    }
}
