package dev.temper.runtime.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The OPT family: learned positions, layer norms before attention and feed-forward or, in OPT-350m, after each; there the
 * embedding is also narrower than a hidden state.
 *
 * @param embeddingWidth width of the embedding's rows, and of what the output layer reads
 * @param activation of the feed-forward layer
 * @param normBefore whether the norms come before attention and feed-forward
 * @param finalNorm whether a norm follows the last layer
 * @param tieWordEmbeddings whether the output layer is the embedding
 */
public record OptConfig(
        DecoderSizes sizes,
        CheckpointFacts facts,
        int embeddingWidth,
        Activation activation,
        boolean normBefore,
        boolean finalNorm,
        boolean tieWordEmbeddings)
        implements LayerNormConfig {
    private static final String MODEL_TYPE = "opt";

    /** The table of positions begins with rows that no token uses. */
    private static final int POSITION_OFFSET = 2;

    public OptConfig {
        ConfigChecks.requireRange("word_embed_proj_dim", embeddingWidth, 1, ConfigChecks.MAX_WIDTH);
    }

    /** Found by its name in {@code config.json}. */
    public static final class Family implements ModelFamily {
        @Override
        public Set<String> modelTypes() {
            return Set.of(MODEL_TYPE);
        }

        @Override
        public ModelConfig read(JsonSettings config) {
            return OptConfig.read(config);
        }
    }

    /** Reads {@code config.json}; absent settings take the defaults of {@code configuration_opt.py}. */
    private static OptConfig read(JsonSettings config) {
        config.require("enable_bias", true);
        config.require("layer_norm_elementwise_affine", true);
        int hidden = config.integer("hidden_size", 768);
        int heads = config.integer("num_attention_heads", 12);
        boolean normBefore = config.flag("do_layer_norm_before", true);
        CheckpointFacts facts = CheckpointFacts.read(config, OptionalInt.of(2), List.of(2), OptionalInt.of(1));
        Activation activation = Activation.read(config, "activation_function", "relu");
        DecoderSizes sizes = new DecoderSizes(
                config.integer("vocab_size", 50_272),
                hidden,
                config.integer("num_hidden_layers", 12),
                heads,
                heads,
                config.integer("ffn_dim", 3072),
                config.integer("max_position_embeddings", 2048));
        return new OptConfig(
                sizes,
                facts,
                config.integer("word_embed_proj_dim", hidden),
                activation,
                normBefore,
                normBefore && !config.flag("_remove_final_layer_norm", false),
                config.flag("tie_word_embeddings", true));
    }

    @Override
    public String modelType() {
        return MODEL_TYPE;
    }

    @Override
    public String causalArchitecture() {
        return "OPTForCausalLM";
    }

    @Override
    public String weightPrefix() {
        return "model.";
    }

    @Override
    public List<String> familyTexts() {
        return List.of("lm/linear.py", "lm/layers.py", "lm/opt.py");
    }

    /** As wide as what the output layer reads, which is what a subspace is fitted on. */
    @Override
    public LmShape shape() {
        return new LmShape(
                sizes.layers(), sizes.kvHeads(), sizes.headDim(), embeddingWidth, sizes.vocab(), sizes.maxPositions());
    }

    @Override
    public List<Integer> ownNumbers() {
        return List.of(activation.code(), normBefore ? 1 : 0, finalNorm ? 1 : 0, projected() ? 1 : 0);
    }

    /** The family's own, which no config sets. */
    @Override
    public double epsilon() {
        return 1e-5;
    }

    private boolean projected() {
        return embeddingWidth != sizes.hidden();
    }

    @Override
    public WeightPlan causalPlan() {
        long hidden = sizes.hidden();
        long inner = sizes.intermediate();
        String decoder = weightPrefix() + "decoder.";
        SlotList slots = new SlotList();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String prefix = decoder + "layers." + layer + ".";
            slots.norm(prefix + "self_attn_layer_norm", hidden)
                    .join(projections(prefix, ".weight"), hidden, hidden)
                    .join(projections(prefix, ".bias"), hidden)
                    .biased(prefix + "self_attn.out_proj", hidden, hidden, hidden)
                    .norm(prefix + "final_layer_norm", hidden)
                    .biased(prefix + "fc1", inner, inner, hidden)
                    .biased(prefix + "fc2", hidden, hidden, inner);
        }
        int embedding = slots.size();
        slots.table(decoder + "embed_tokens.weight", sizes.vocab(), embeddingWidth)
                .table(decoder + "embed_positions.weight", (long) sizes.maxPositions() + POSITION_OFFSET, hidden)
                .head(tieWordEmbeddings, embedding, "lm_head.weight", sizes.vocab(), embeddingWidth);
        if (finalNorm) {
            slots.norm(decoder + "final_layer_norm", hidden);
        }
        if (projected()) {
            slots.add(decoder + "project_in.weight", hidden, embeddingWidth)
                    .add(decoder + "project_out.weight", embeddingWidth, hidden);
        }
        return tieWordEmbeddings ? slots.plan("lm_head\\.weight") : slots.plan();
    }

    private static List<String> projections(String prefix, String part) {
        List<String> names = new ArrayList<>();
        for (String projection : List.of("q_proj", "k_proj", "v_proj")) {
            names.add(prefix + "self_attn." + projection + part);
        }
        return names;
    }
}
