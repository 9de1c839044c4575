package dev.temper.runtime.lm;

import java.util.List;
import java.util.OptionalInt;

/** Settings of a model of any kind, one record for each family: what a user of the model needs to know. */
public sealed interface ModelConfig permits LmConfig, EncoderConfig {

    /** The family as {@code model_type} of {@code config.json} names it. */
    String modelType();

    /** The numbers that do not depend on the family. */
    LmShape shape();

    /** The type in which the weights were published. */
    ElementType dtype();

    /** Begin-of-sequence token of {@code config.json}. */
    OptionalInt bosId();

    /**
     * End-of-sequence tokens of {@code config.json}. Generation ends at those of {@link ModelFolder#generation()},
     * which {@code generation_config.json} may override.
     */
    List<Integer> eosIds();

    /** Padding token of {@code config.json}. */
    OptionalInt padId();
}
