package dev.temper.runtime.lm;

import java.util.Locale;
import java.util.Optional;

/**
 * Reads rotary settings from {@code config.json}: as the Hub has them ({@code rope_theta}, {@code rope_scaling}) and as
 * transformers 5 writes them ({@code rope_parameters}).
 */
final class RotaryReader {
    private static final double DEFAULT_THETA = 10_000;

    private RotaryReader() {}

    /**
     * Base of the wavelengths.
     *
     * @param name what configs of the family call it
     */
    static double theta(JsonSettings config, String name) {
        double theta = config.number(name, DEFAULT_THETA);
        return parameters(config).map(rope -> rope.number("rope_theta", theta)).orElse(theta);
    }

    /** How the frequencies were stretched. */
    static RopeScaling scaling(JsonSettings config) {
        return parameters(config).map(RotaryReader::scalingOf).orElseGet(RopeScaling.None::new);
    }

    static Optional<JsonSettings> parameters(JsonSettings config) {
        return config.object("rope_scaling").or(() -> config.object("rope_parameters"));
    }

    /** Refuses what only some families know. */
    static void refusePartial(JsonSettings config) {
        parameters(config).ifPresent(rope -> {
            if (rope.number("partial_rotary_factor", 1) != 1) {
                throw rope.unsupported(
                        "partial_rotary_factor",
                        rope.node().get("partial_rotary_factor").asText(),
                        "1");
            }
        });
    }

    private static RopeScaling scalingOf(JsonSettings rope) {
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
}
