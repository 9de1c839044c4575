package dev.temper.training.evaluate.classification;

import dev.temper.training.evaluate.SuiteRow;

/**
 * What one text measured.
 *
 * @param group file that it stands in
 * @param toxic its label's side
 * @param score higher = more toxic; of any scale
 */
record ClassificationNumbers(String id, String group, boolean toxic, double score) implements SuiteRow {}
