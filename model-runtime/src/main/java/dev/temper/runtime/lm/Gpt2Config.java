package dev.temper.runtime.lm;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The GPT-2 family: learned positions, layer norms before attention and feed-forward, weights stored [in, out].
 *
 * @param layerNormEps added to the variance in every norm
 * @param activation of the feed-forward layer
 * @param tieWordEmbeddings whether the output layer is the embedding
 */
public record Gpt2Config(
        DecoderSizes sizes,
        CheckpointFacts facts,
        double layerNormEps,
        Activation activation,
        boolean tieWordEmbeddings)
        implements LayerNormConfig {
    private static final String MODEL_TYPE = "gpt2";

    /** Old checkpoints hold the causal mask. */
    private static final String MASK = "(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias";

    public Gpt2Config {
        ConfigChecks.requireEpsilon("layer_norm_epsilon", layerNormEps);
    }

    /** Found by its name in {@code config.json}. */
    public static final class Family implements ModelFamily {
        @Override
        public Set<String> modelTypes() {
            return Set.of(MODEL_TYPE);
        }

        @Override
        public ModelConfig read(JsonSettings config) {
            return Gpt2Config.read(config);
        }
    }

    /** Reads {@code config.json}; absent settings take the defaults of {@code configuration_gpt2.py}. */
    private static Gpt2Config read(JsonSettings config) {
        config.require("scale_attn_weights", true);
        // reorder_and_upcast_attn only orders the same computation for half precision; attention here is stable anyway.
        config.require("scale_attn_by_inverse_layer_idx", false);
        config.require("add_cross_attention", false);
        int hidden = config.integer("n_embd", 768);
        int heads = config.integer("n_head", 12);
        CheckpointFacts facts =
                CheckpointFacts.read(config, OptionalInt.of(50_256), List.of(50_256), OptionalInt.empty());
        Activation activation = Activation.read(config, "activation_function", "gelu_new");
        DecoderSizes sizes = new DecoderSizes(
                config.integer("vocab_size", 50_257),
                hidden,
                config.integer("n_layer", 12),
                heads,
                heads,
                config.integer("n_inner").orElse((int) Math.min(4L * hidden, Integer.MAX_VALUE)),
                config.integer("n_positions", 1024));
        return new Gpt2Config(
                sizes,
                facts,
                config.number("layer_norm_epsilon", 1e-5),
                activation,
                config.flag("tie_word_embeddings", true));
    }

    @Override
    public String modelType() {
        return MODEL_TYPE;
    }

    @Override
    public String causalArchitecture() {
        return "GPT2LMHeadModel";
    }

    @Override
    public String weightPrefix() {
        return "transformer.";
    }

    @Override
    public List<String> familyTexts() {
        return List.of("lm/linear.py", "lm/layers.py", "lm/gpt2.py");
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
    public WeightPlan causalPlan() {
        long hidden = sizes.hidden();
        long inner = sizes.intermediate();
        SlotList slots = new SlotList();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String prefix = weightPrefix() + "h." + layer + ".";
            slots.norm(prefix + "ln_1", hidden)
                    .biasedStoredInOut(prefix + "attn.c_attn", hidden, 3 * hidden)
                    .biasedStoredInOut(prefix + "attn.c_proj", hidden, hidden)
                    .norm(prefix + "ln_2", hidden)
                    .biasedStoredInOut(prefix + "mlp.c_fc", hidden, inner)
                    .biasedStoredInOut(prefix + "mlp.c_proj", inner, hidden);
        }
        int embedding = slots.size();
        return slots.table(weightPrefix() + "wte.weight", sizes.vocab(), hidden)
                .table(weightPrefix() + "wpe.weight", sizes.maxPositions(), hidden)
                .norm(weightPrefix() + "ln_f", hidden)
                .head(tieWordEmbeddings, embedding, "lm_head.weight", sizes.vocab(), hidden)
                .plan(MASK, tieWordEmbeddings ? "lm_head\\.weight" : MASK);
    }
}
