package dev.temper.runtime.lm;

import dev.temper.runtime.lm.WeightPlan.Part;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The weights of an encoder with a classification head: 12 for each layer (q|k|v, o, attention norm, up, down, output
 * norm, each weight and bias), then word and position embeddings, the embeddings' norm, the head's dense layer, its
 * outputs, and the token types, where the family has them.
 */
final class EncoderWeights {

    /**
     * Names of one family.
     *
     * @param base prefix of everything but the head
     * @param layers prefix of a layer, before its number
     * @param layer names within a layer: q, k, v, o, attention norm, up, down, output norm
     * @param dense the head's dense layer
     * @param outputs the head's last layer
     */
    private record Names(String base, String layers, List<String> layer, String dense, String outputs) {}

    private static final List<String> BERT_LAYER = List.of(
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm");

    private static final List<String> DISTILBERT_LAYER = List.of(
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm");

    private EncoderWeights() {}

    private static Names names(EncoderFamily family) {
        return switch (family) {
            case BERT -> new Names("bert.", "bert.encoder.layer.", BERT_LAYER, "bert.pooler.dense", "classifier");
            case ROBERTA ->
                new Names("roberta.", "roberta.encoder.layer.", BERT_LAYER, "classifier.dense", "classifier.out_proj");
            case DISTILBERT ->
                new Names(
                        "distilbert.",
                        "distilbert.transformer.layer.",
                        DISTILBERT_LAYER,
                        "pre_classifier",
                        "classifier");
        };
    }

    /** Weights of a sequence classifier; its outputs are [labels, hidden]. */
    static WeightPlan classifierPlan(EncoderConfig config, int labels) {
        Names names = names(config.family());
        long hidden = config.hidden();
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            addLayer(slots, config, names.layers() + i + ".", names.layer());
        }
        String embeddings = names.base() + "embeddings.";
        slots.add(stored(Part.of(embeddings + "word_embeddings.weight", config.vocab(), hidden)));
        slots.add(stored(Part.of(embeddings + "position_embeddings.weight", config.positions(), hidden)));
        addNorm(slots, embeddings + "LayerNorm", hidden);
        addLinear(slots, names.dense(), hidden, hidden);
        addLinear(slots, names.outputs(), labels, hidden);
        if (config.tokenTypes() > 0) {
            slots.add(stored(Part.of(embeddings + "token_type_embeddings.weight", config.tokenTypes(), hidden)));
        }
        return new WeightPlan(slots, List.of(ignorable(config.family(), embeddings)));
    }

    /** Old checkpoints hold counters as buffers, and of RoBERTa a pooler that its head goes past. */
    private static Pattern ignorable(EncoderFamily family, String embeddings) {
        String buffers = Pattern.quote(embeddings) + "(position_ids|token_type_ids)";
        return Pattern.compile(
                family == EncoderFamily.ROBERTA ? buffers + "|roberta\\.pooler\\.dense\\.(weight|bias)" : buffers);
    }

    private static void addLayer(List<Slot> slots, EncoderConfig config, String prefix, List<String> layer) {
        long hidden = config.hidden();
        List<String> names = layer.stream().map(name -> prefix + name).toList();
        slots.add(new Stored(names.subList(0, 3).stream()
                .map(name -> Part.of(name + ".weight", hidden, hidden))
                .toList()));
        slots.add(new Stored(names.subList(0, 3).stream()
                .map(name -> Part.of(name + ".bias", hidden))
                .toList()));
        addLinear(slots, names.get(3), hidden, hidden);
        addNorm(slots, names.get(4), hidden);
        addLinear(slots, names.get(5), config.intermediate(), hidden);
        addLinear(slots, names.get(6), hidden, config.intermediate());
        addNorm(slots, names.get(7), hidden);
    }

    private static void addLinear(List<Slot> slots, String name, long outputs, long inputs) {
        slots.add(stored(Part.of(name + ".weight", outputs, inputs)));
        slots.add(stored(Part.of(name + ".bias", outputs)));
    }

    private static void addNorm(List<Slot> slots, String name, long width) {
        slots.add(stored(Part.of(name + ".weight", width)));
        slots.add(stored(Part.of(name + ".bias", width)));
    }

    private static Stored stored(Part part) {
        return new Stored(List.of(part));
    }
}
