package dev.temper.runtime.lm;

import java.util.List;
import java.util.Optional;

/**
 * Settings of a decoder, one record for each family, and with them all that this runtime needs to know about the family:
 * its TorchScript text, the numbers that the text takes, and the tensors that its checkpoints hold.
 */
public non-sealed interface LmConfig extends ModelConfig {

    /** The reference's class for the language model, as {@code architectures} names it. */
    String causalArchitecture();

    /** How the names of the decoder's tensors begin, which some published files leave out; ends with a dot. */
    String weightPrefix();

    /**
     * Resources, or texts of more than one line, with the family's TorchScript functions {@code embed}, {@code project}, {@code finish}, {@code final} and
     * {@code head}, each after those that it needs.
     */
    List<String> familyTexts();

    /**
     * What the functions take as {@code n}: layers, query heads, key-value heads, head dim, sliding window (0 = none), then
     * the family's own numbers.
     */
    long[] dimensions();

    /** The norms' epsilon. */
    double epsilon();

    /** Rotary positions, if the family has them. */
    Optional<Rotary> rotary();

    /** The tensors of a causal language model's checkpoint, in the order in which the functions take them. */
    WeightPlan causalPlan();
}
