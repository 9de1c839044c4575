package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads {@link LlamaConfig} from {@code config.json}: as the Hub has it ({@code rope_theta}, {@code rope_scaling},
 * {@code torch_dtype}) and as transformers 5 writes it ({@code rope_parameters}, {@code dtype}). Absent settings take
 * the reference's defaults ({@code configuration_llama.py}).
 */
final class LlamaConfigReader {
    private static final double DEFAULT_ROPE_THETA = 10_000;

    private LlamaConfigReader() {}

    static LlamaConfig read(JsonSettings config) {
        refuseUnsupported(config);
        int heads = config.integer("num_attention_heads", 32);
        int hidden = config.integer("hidden_size", 4096);
        Optional<JsonSettings> rope = config.object("rope_scaling").or(() -> config.object("rope_parameters"));
        double theta = config.number("rope_theta", DEFAULT_ROPE_THETA);
        try {
            return new LlamaConfig(
                    config.integer("vocab_size", 32_000),
                    hidden,
                    config.integer("num_hidden_layers", 32),
                    heads,
                    config.integer("num_key_value_heads", heads),
                    headDim(config, hidden, heads),
                    config.integer("intermediate_size", 11_008),
                    config.number("rms_norm_eps", 1e-6),
                    rope.map(settings -> settings.number("rope_theta", theta)).orElse(theta),
                    rope.map(LlamaConfigReader::scaling).orElseGet(RopeScaling.None::new),
                    config.integer("max_position_embeddings", 2048),
                    config.flag("tie_word_embeddings", false),
                    config.node().has("bos_token_id") ? config.tokenId("bos_token_id") : OptionalInt.of(1),
                    config.node().has("eos_token_id") ? config.tokenIds("eos_token_id") : List.of(2),
                    config.tokenId("pad_token_id"),
                    dtype(config));
        } catch (IllegalArgumentException e) {
            throw config.wrong(e);
        }
    }

    private static void refuseUnsupported(JsonSettings config) {
        String activation = config.text("hidden_act").orElse("silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.unsupported("hidden_act", activation, "silu");
        }
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            if (config.flag(bias, false)) {
                throw config.unsupported(bias, "true", "false (Llama models have no biases)");
            }
        }
        config.object("quantization_config").ifPresent(quantization -> {
            String method = quantization.text("quant_method").orElse("unknown");
            throw config.unsupported(
                    "quantization_config", method, "none; fetch the checkpoint in float32, float16 or bfloat16");
        });
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

    private static RopeScaling scaling(JsonSettings rope) {
        if (rope.number("partial_rotary_factor", 1) != 1) {
            throw rope.unsupported(
                    "partial_rotary_factor",
                    rope.node().get("partial_rotary_factor").asText(),
                    "1");
        }
        String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
        try {
            return switch (type.toLowerCase(Locale.ROOT)) {
                case "default" -> new RopeScaling.None();
                case "linear" -> new RopeScaling.Linear(rope.requiredNumber("factor"));
                case "llama3" ->
                    new RopeScaling.Llama3(
                            rope.requiredNumber("factor"),
                            rope.requiredNumber("low_freq_factor"),
                            rope.requiredNumber("high_freq_factor"),
                            rope.integer("original_max_position_embeddings")
                                    .orElseThrow(() -> rope.wrong(
                                            "original_max_position_embeddings", "is needed by rope_type llama3")));
                default -> throw rope.unsupported("rope_type", type, "default, linear, llama3");
            };
        } catch (IllegalArgumentException e) {
            throw rope.wrong(e);
        }
    }

    private static ElementType dtype(JsonSettings config) {
        Optional<String> name = config.text("dtype").or(() -> config.text("torch_dtype"));
        if (name.isEmpty() || name.get().equals("auto")) {
            return ElementType.FLOAT32;
        }
        return ElementType.ofTorchName(name.get())
                .filter(ElementType::isFloating)
                .orElseThrow(() -> unsupportedDtype(config, name.get()));
    }

    private static TemperException unsupportedDtype(JsonSettings config, String name) {
        return config.unsupported("dtype", name, "float32, float16, bfloat16, float64");
    }
}
