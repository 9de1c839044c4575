package dev.temper.training.optim;

/** Algorithm 2 of Loshchilov and Hutter (2019), one number at a time in double precision, after clipping by norm. */
final class TextbookAdamW {
    private final AdamW.Settings settings;
    private final double[][] weights; // changed in place
    private final boolean[] decays;
    private final double[][] m;
    private final double[][] v;
    private int t;

    TextbookAdamW(AdamW.Settings settings, double[][] weights, boolean[] decays) {
        this.settings = settings;
        this.weights = weights;
        this.decays = decays;
        this.m = new double[weights.length][];
        this.v = new double[weights.length][];
        for (int i = 0; i < weights.length; i++) {
            m[i] = new double[weights[i].length];
            v[i] = new double[weights[i].length];
        }
    }

    /** Returns the gradients' norm before clipping. */
    double step(double[][] gradients, double learningRate) {
        double squares = 0;
        for (double[] gradient : gradients) {
            for (double g : gradient) {
                squares += g * g;
            }
        }
        double norm = Math.sqrt(squares);
        double scale = norm > settings.maxGradientNorm() ? settings.maxGradientNorm() / (norm + 1e-6) : 1;
        t++;
        for (int i = 0; i < weights.length; i++) {
            for (int j = 0; j < weights[i].length; j++) {
                double g = gradients[i][j] * scale;
                m[i][j] = settings.beta1() * m[i][j] + (1 - settings.beta1()) * g;
                v[i][j] = settings.beta2() * v[i][j] + (1 - settings.beta2()) * g * g;
                double mHat = m[i][j] / (1 - Math.pow(settings.beta1(), t));
                double vHat = v[i][j] / (1 - Math.pow(settings.beta2(), t));
                double decay = decays[i] ? settings.weightDecay() * weights[i][j] : 0;
                weights[i][j] -= learningRate * (mHat / (Math.sqrt(vHat) + settings.epsilon()) + decay);
            }
        }
        return norm;
    }
}
