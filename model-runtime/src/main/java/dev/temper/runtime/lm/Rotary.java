package dev.temper.runtime.lm;

import java.util.Objects;

/**
 * Rotary positions of a model.
 *
 * @param dim dimensions of a head that turn, from its first on; even
 * @param theta base of the wavelengths
 * @param scaling how the frequencies were stretched
 */
public record Rotary(int dim, double theta, RopeScaling scaling) {
    public Rotary {
        ConfigChecks.require(dim >= 2 && dim % 2 == 0, "rotary dimensions must be even and at least 2, not " + dim);
        ConfigChecks.require(
                theta > 1 && Double.isFinite(theta), "rope_theta must be finite and above 1, not " + theta);
        Objects.requireNonNull(scaling, "scaling");
    }

    /**
     * Frequencies in radians per position, {@code dim / 2} of them, in float32 as the reference computes and keeps them,
     * also when the weights are bfloat16.
     */
    public float[] inverseFrequencies() {
        float[] frequencies = new float[dim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / dim;
            frequencies[i] = scaled(1f / (float) Math.pow(theta, exponent));
        }
        return frequencies;
    }

    private float scaled(float frequency) {
        if (scaling instanceof RopeScaling.Linear linear) {
            return frequency / (float) linear.factor();
        } else if (scaling instanceof RopeScaling.Llama3 llama3) {
            return scaled(frequency, llama3);
        }
        return frequency;
    }

    private static float scaled(float frequency, RopeScaling.Llama3 scaling) {
        float wavelength = (float) (2 * Math.PI / frequency);
        double longest = scaling.originalMaxPositions() / scaling.lowFreqFactor();
        double shortest = scaling.originalMaxPositions() / scaling.highFreqFactor();
        float divided = frequency / (float) scaling.factor();
        if (wavelength > longest) {
            return divided;
        } else if (wavelength < shortest) {
            return frequency;
        }
        float kept = (float) ((scaling.originalMaxPositions() / wavelength - scaling.lowFreqFactor())
                / (scaling.highFreqFactor() - scaling.lowFreqFactor()));
        return (1 - kept) * divided + kept * frequency;
    }
}
