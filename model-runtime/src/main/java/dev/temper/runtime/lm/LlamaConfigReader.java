package dev.temper.runtime.lm;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads {@link LlamaConfig} from {@code config.json}, as the Hub has it and as transformers 5 writes it. Absent settings
 * take the reference's defaults ({@code configuration_llama.py}, {@code _mistral.py}, {@code _qwen2.py}).
 */
public final class LlamaConfigReader implements ModelFamily {
    @Override
    public Set<String> modelTypes() {
        return Arrays.stream(LlamaVariant.values()).map(LlamaVariant::modelType).collect(Collectors.toSet());
    }

    @Override
    public ModelConfig read(JsonSettings config) {
        String type = config.text("model_type").orElseThrow();
        return Arrays.stream(LlamaVariant.values())
                .filter(variant -> variant.modelType().equals(type))
                .map(variant -> read(config, variant))
                .findFirst()
                .orElseThrow();
    }

    /** What the reference assumes where a config is silent. */
    private record Defaults(
            int vocab, int kvHeads, int intermediate, int maxPositions, OptionalInt bosId, List<Integer> eosIds) {
        static Defaults of(LlamaVariant variant, int heads) {
            return switch (variant) {
                case LLAMA -> new Defaults(32_000, heads, 11_008, 2048, OptionalInt.of(1), List.of(2));
                case MISTRAL -> new Defaults(32_000, 8, 14_336, 131_072, OptionalInt.of(1), List.of(2));
                case QWEN2 -> new Defaults(151_936, 32, 22_016, 32_768, OptionalInt.empty(), List.of());
            };
        }
    }

    private static LlamaConfig read(JsonSettings config, LlamaVariant variant) {
        refuseUnsupported(config, variant);
        int heads = config.integer("num_attention_heads", 32);
        int hidden = config.integer("hidden_size", 4096);
        Defaults defaults = Defaults.of(variant, heads);
        CheckpointFacts facts = CheckpointFacts.read(config, defaults.bosId(), defaults.eosIds(), OptionalInt.empty());
        int headDim = headDim(config, hidden, heads);
        boolean kvHeadsNull = config.node().has("num_key_value_heads") && !config.has("num_key_value_heads");
        return new LlamaConfig(
                variant,
                config.integer("vocab_size", defaults.vocab()),
                hidden,
                config.integer("num_hidden_layers", 32),
                heads,
                config.integer("num_key_value_heads", kvHeadsNull ? heads : defaults.kvHeads()),
                headDim,
                config.integer("intermediate_size", defaults.intermediate()),
                config.number("rms_norm_eps", 1e-6),
                RotaryReader.theta(config, "rope_theta"),
                RotaryReader.scaling(config),
                slidingWindow(config, variant),
                config.integer("max_position_embeddings", defaults.maxPositions()),
                config.flag("tie_word_embeddings", false),
                facts.bosId(),
                facts.eosIds(),
                facts.padId(),
                facts.dtype());
    }

    private static void refuseUnsupported(JsonSettings config, LlamaVariant variant) {
        String activation = config.text("hidden_act").orElse("silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.unsupported("hidden_act", activation, "silu");
        }
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            if (variant != LlamaVariant.QWEN2 && config.flag(bias, false)) {
                throw config.unsupported(bias, "true", "false (such models have no biases)");
            }
        }
        if (variant == LlamaVariant.QWEN2 && config.flag("use_sliding_window", false)) {
            throw config.unsupported(
                    "use_sliding_window", "true", "false (a window in some of the layers is not supported)");
        }
        String wanted = variant == LlamaVariant.MISTRAL && slidingWindow(config, variant) > 0
                ? "sliding_attention"
                : "full_attention";
        for (String layer : config.texts("layer_types")) {
            if (!layer.equals(wanted)) {
                throw config.unsupported("layer_types", layer, wanted + " in all layers");
            }
        }
        RotaryReader.refusePartial(config);
    }

    /** Mistral has a window unless the config says that it has none. */
    private static int slidingWindow(JsonSettings config, LlamaVariant variant) {
        if (variant != LlamaVariant.MISTRAL) {
            return 0;
        }
        int window = config.integer("sliding_window", config.node().has("sliding_window") ? 0 : 4096);
        if (config.has("sliding_window") && window < 1) {
            throw config.wrong("sliding_window", "must be at least 1, or null for none");
        }
        return window;
    }

    private static int headDim(JsonSettings config, int hidden, int heads) {
        OptionalInt explicit = config.integer("head_dim");
        if (explicit.isPresent()) {
            return explicit.getAsInt();
        }
        if (heads < 1 || hidden % heads != 0) {
            throw config.wrong(
                    "hidden_size",
                    hidden + " is not a multiple of num_attention_heads " + heads + ", and head_dim is absent");
        }
        return hidden / heads;
    }
}
