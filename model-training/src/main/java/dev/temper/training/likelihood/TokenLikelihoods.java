package dev.temper.training.likelihood;

import java.util.Arrays;

/**
 * How likely the judged tokens of a span are, each given all before it.
 *
 * @param logLikelihoods in nats, one for each judged token
 * @param greedy whether no token is likelier than this one, for each judged token
 */
public record TokenLikelihoods(double[] logLikelihoods, boolean[] greedy) {

    /** log p(judged tokens | those before), in nats; 0 for none. */
    public double sum() {
        return Arrays.stream(logLikelihoods).sum();
    }

    /** Whether greedy decoding would write exactly these tokens; true for none. */
    public boolean allGreedy() {
        for (boolean g : greedy) {
            if (!g) {
                return false;
            }
        }
        return true;
    }
}
