package dev.temper.runtime.lm;

import java.util.List;

/** Activation functions of feed-forward layers, under the names that {@code config.json} files use. */
public enum Activation {
    // The code is the position here; lm/layers.py branches on it.
    RELU(List.of("relu")),
    GELU(List.of("gelu")),
    /** The approximation with a hyperbolic tangent. */
    GELU_TANH(List.of("gelu_new", "gelu_fast", "gelu_pytorch_tanh")),
    SILU(List.of("silu", "swish"));

    private final List<String> names;

    Activation(List<String> names) {
        this.names = names;
    }

    int code() {
        return ordinal();
    }

    /** The one that this setting names. */
    static Activation read(JsonSettings config, String setting, String absent) {
        String name = config.text(setting).orElse(absent);
        for (Activation activation : values()) {
            if (activation.names.contains(name)) {
                return activation;
            }
        }
        throw config.unsupported(setting, name, "relu, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, silu, swish");
    }
}
