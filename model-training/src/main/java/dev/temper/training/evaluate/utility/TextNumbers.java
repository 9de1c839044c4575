package dev.temper.training.evaluate.utility;

import dev.temper.training.evaluate.SuiteRow;

/**
 * What one passage measured.
 *
 * @param id the passage's number in its file
 * @param nll negative log-likelihood in nats, summed over the judged tokens
 * @param tokens judged: all but the very first, where nothing can stand before it
 * @param bytes of the passage in UTF-8
 * @param words of the passage, as blanks part them
 */
record TextNumbers(String id, double nll, int tokens, int bytes, int words) implements SuiteRow {}
