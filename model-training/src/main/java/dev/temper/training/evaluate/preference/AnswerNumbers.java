package dev.temper.training.evaluate.preference;

import dev.temper.training.evaluate.SuiteRow;

/**
 * How likely the judge finds one answer, given its prompt.
 *
 * @param id the prompt's
 * @param logLikelihood in nats, summed over the judge's tokens; 0 without an answer
 * @param tokens of the answer, as the judge reads it; 0 for an empty answer
 * @param failed whether the system gave none
 */
record AnswerNumbers(String id, double logLikelihood, int tokens, boolean failed) implements SuiteRow {

    /** Mean log-likelihood of a token; an empty answer is less likely than any other. */
    double perToken() {
        return tokens == 0 ? Double.NEGATIVE_INFINITY : logLikelihood / tokens;
    }

    /** 1 if this answer is likelier than the other, a half if both are as likely, else 0. */
    double beats(AnswerNumbers other) {
        int order = Double.compare(perToken(), other.perToken());
        return order == 0 ? 0.5 : order > 0 ? 1 : 0;
    }
}
