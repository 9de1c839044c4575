package dev.temper.training.regularise;

import dev.temper.training.nado.AuxiliarySettings;

/**
 * A whole training.
 *
 * @param iterations rounds of sampling, training R and fine-tuning, at least 1
 * @param samplesLambda weight of the regulariser on the samples themselves, where the model goes of its own accord; at least
 *     0, and 0 without an auxiliary model
 * @param seed of samples and of the order of data
 */
public record RegularisedSettings(
        Algorithm algorithm,
        int iterations,
        AuxiliarySettings auxiliary,
        FineTuneSettings fineTune,
        ReinforceSettings reinforce,
        double samplesLambda,
        long seed) {
    public RegularisedSettings {
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations must be at least 1, not " + iterations);
        }
        if (!(samplesLambda >= 0 && Double.isFinite(samplesLambda))) {
            throw new IllegalArgumentException("samples.lambda must be finite and at least 0, not " + samplesLambda);
        }
        if (samplesLambda > 0 && (algorithm == Algorithm.PLAIN || algorithm == Algorithm.REINFORCE)) {
            throw new IllegalArgumentException("plain and reinforce have no regulariser; leave samples.lambda out");
        }
        if (algorithm == Algorithm.REINFORCE && fineTune.lora().isPresent()) {
            throw new IllegalArgumentException("reinforce trains all weights; leave fine_tune.lora out");
        }
    }
}
