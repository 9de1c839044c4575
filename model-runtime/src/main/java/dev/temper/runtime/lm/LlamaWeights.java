package dev.temper.runtime.lm;

import dev.temper.runtime.lm.WeightPlan.Part;
import dev.temper.runtime.lm.WeightPlan.Shared;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.lm.WeightPlan.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The weights of the Llama family: {@value #PER_LAYER} for each layer (attention norm, q|k|v, o, feed-forward norm,
 * gate|up, down), then the embedding, the final norm, the head, and the biases of q|k|v for each layer if the variant has
 * them.
 */
public final class LlamaWeights {
    /** Weights of one layer. */
    public static final int PER_LAYER = 6;

    /** How the names of the decoder's tensors begin. */
    static final String PREFIX = "model.";

    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String LM_HEAD = "lm_head.weight";

    /** The classification head. */
    public static final String SCORE = "score.weight";

    /** Old checkpoints hold the rotary frequencies, which follow from the settings. */
    private static final Pattern ROTARY_BUFFER =
            Pattern.compile("(model\\.)?(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");

    private LlamaWeights() {}

    /** Weights of a causal language model; its head is [vocab, hidden], the embedding itself if they are tied. */
    public static WeightPlan plan(LlamaConfig config) {
        List<Slot> slots = backbone(config);
        List<Pattern> ignorable = new ArrayList<>(List.of(ROTARY_BUFFER));
        if (config.tieWordEmbeddings()) {
            slots.add(new Shared(config.layers() * PER_LAYER));
            ignorable.add(Pattern.compile(Pattern.quote(LM_HEAD)));
        } else {
            slots.add(stored(Part.of(LM_HEAD, config.vocab(), config.hidden())));
        }
        if (config.variant().queryKeyValueBias()) {
            for (int layer = 0; layer < config.layers(); layer++) {
                String attention = PREFIX + "layers." + layer + ".self_attn.";
                slots.add(stored(
                        Part.of(attention + "q_proj.bias", config.queryWidth()),
                        Part.of(attention + "k_proj.bias", config.keyValueWidth()),
                        Part.of(attention + "v_proj.bias", config.keyValueWidth())));
            }
        }
        return new WeightPlan(slots, ignorable);
    }

    /** Weights of a sequence classifier; its head is [labels, hidden]. */
    public static WeightPlan classifierPlan(LlamaConfig config, int labels) {
        List<Slot> slots = backbone(config);
        slots.add(stored(Part.of(SCORE, labels, config.hidden())));
        return new WeightPlan(slots, List.of(ROTARY_BUFFER));
    }

    /** Weights without any head, of a causal language model or a classifier: what a new head is trained on. */
    public static WeightPlan backbonePlan(LlamaConfig config) {
        return new WeightPlan(
                backbone(config),
                List.of(ROTARY_BUFFER, Pattern.compile(Pattern.quote(LM_HEAD)), Pattern.compile(Pattern.quote(SCORE))));
    }

    private static List<Slot> backbone(LlamaConfig config) {
        List<Slot> slots = new ArrayList<>();
        long hidden = config.hidden();
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = PREFIX + "layers." + layer + ".";
            String attention = prefix + "self_attn.";
            String mlp = prefix + "mlp.";
            slots.add(stored(Part.of(prefix + "input_layernorm.weight", hidden)));
            slots.add(stored(
                    Part.of(attention + "q_proj.weight", config.queryWidth(), hidden),
                    Part.of(attention + "k_proj.weight", config.keyValueWidth(), hidden),
                    Part.of(attention + "v_proj.weight", config.keyValueWidth(), hidden)));
            slots.add(stored(Part.of(attention + "o_proj.weight", hidden, config.queryWidth())));
            slots.add(stored(Part.of(prefix + "post_attention_layernorm.weight", hidden)));
            slots.add(stored(
                    Part.of(mlp + "gate_proj.weight", config.intermediate(), hidden),
                    Part.of(mlp + "up_proj.weight", config.intermediate(), hidden)));
            slots.add(stored(Part.of(mlp + "down_proj.weight", hidden, config.intermediate())));
        }
        slots.add(new Stored(List.of(Part.of(EMBEDDING, config.vocab(), hidden)), Use.TABLE));
        slots.add(stored(Part.of("model.norm.weight", hidden)));
        return slots;
    }

    private static Stored stored(Part... parts) {
        return new Stored(List.of(parts));
    }
}
