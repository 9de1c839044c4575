package dev.temper.runtime.lm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads {@link EncoderConfig} from {@code config.json}. Absent settings take the reference's defaults
 * ({@code configuration_bert.py}, {@code configuration_roberta.py}, {@code configuration_distilbert.py}).
 */
public final class EncoderConfigReader implements ModelFamily {
    /** DistilBERT has no setting for it. */
    private static final double EPSILON = 1e-12;

    @Override
    public Set<String> modelTypes() {
        return Arrays.stream(EncoderFamily.values())
                .map(EncoderFamily::modelType)
                .collect(Collectors.toSet());
    }

    @Override
    public ModelConfig read(JsonSettings config) {
        return read(EncoderFamily.of(config.text("model_type").orElseThrow()).orElseThrow(), config);
    }

    private static EncoderConfig read(EncoderFamily family, JsonSettings config) {
        refuseUnsupported(config);
        return family == EncoderFamily.DISTILBERT
                ? distilBert(config, facts(family, config))
                : bert(family, config, facts(family, config));
    }

    private static CheckpointFacts facts(EncoderFamily family, JsonSettings config) {
        return family == EncoderFamily.ROBERTA
                ? CheckpointFacts.read(config, OptionalInt.of(0), List.of(2), OptionalInt.of(1))
                : CheckpointFacts.read(config, OptionalInt.empty(), List.of(), OptionalInt.of(0));
    }

    private static EncoderConfig bert(EncoderFamily family, JsonSettings config, CheckpointFacts facts) {
        return new EncoderConfig(
                family,
                config.integer("vocab_size", family == EncoderFamily.BERT ? 30_522 : 50_265),
                config.integer("hidden_size", 768),
                config.integer("num_hidden_layers", 12),
                config.integer("num_attention_heads", 12),
                config.integer("intermediate_size", 3072),
                config.number("layer_norm_eps", EPSILON),
                config.integer("max_position_embeddings", 512),
                config.integer("type_vocab_size", 2),
                facts.bosId(),
                facts.eosIds(),
                facts.padId(),
                facts.dtype());
    }

    private static EncoderConfig distilBert(JsonSettings config, CheckpointFacts facts) {
        return new EncoderConfig(
                EncoderFamily.DISTILBERT,
                config.integer("vocab_size", 30_522),
                config.integer("dim", 768),
                config.integer("n_layers", 6),
                config.integer("n_heads", 12),
                config.integer("hidden_dim", 3072),
                EPSILON,
                config.integer("max_position_embeddings", 512),
                0,
                facts.bosId(),
                facts.eosIds(),
                facts.padId(),
                facts.dtype());
    }

    private static void refuseUnsupported(JsonSettings config) {
        for (String name : List.of("hidden_act", "activation")) {
            String activation = config.text(name).orElse("gelu");
            if (!activation.equals("gelu")) {
                throw config.unsupported(name, activation, "gelu");
            }
        }
        String positions = config.text("position_embedding_type").orElse("absolute");
        if (!positions.equals("absolute")) {
            throw config.unsupported("position_embedding_type", positions, "absolute");
        }
        config.require("is_decoder", false);
        config.require("add_cross_attention", false);
        JsonNode pruned = config.node().path("pruned_heads");
        if (pruned.isContainerNode() && !pruned.isEmpty()) {
            throw config.unsupported("pruned_heads", "not empty", "{} (all heads)");
        }
    }
}
