package dev.temper.training.regularise;

import dev.temper.training.nado.AuxiliarySettings;

/**
 * A whole training.
 *
 * @param iterations rounds of sampling, training R and fine-tuning, at least 1
 * @param seed of samples and of the order of data
 */
public record RegularisedSettings(
        Algorithm algorithm,
        int iterations,
        AuxiliarySettings auxiliary,
        FineTuneSettings fineTune,
        ReinforceSettings reinforce,
        long seed) {
    public RegularisedSettings {
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
        }
        if (algorithm == Algorithm.REINFORCE && fineTune.lora().isPresent()) {
            throw new IllegalArgumentException("reinforce trains all weights; leave fine_tune.lora out");
        }
    }
}
