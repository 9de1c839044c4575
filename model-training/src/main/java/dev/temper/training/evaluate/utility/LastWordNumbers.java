package dev.temper.training.evaluate.utility;

import dev.temper.training.evaluate.SuiteRow;

/**
 * What one last word measured.
 *
 * @param logLikelihood of the word, in nats, summed over its tokens
 * @param tokens of the word
 * @param greedy whether greedy decoding would write it
 * @param droppedTokens of the passage's beginning that the model had no room for
 */
record LastWordNumbers(String id, double logLikelihood, int tokens, boolean greedy, int droppedTokens)
        implements SuiteRow {}
