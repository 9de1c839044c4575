/** Subspace fitting, classifier training, evaluation. */
@NullMarked
package dev.temper.training;

import org.jspecify.annotations.NullMarked;
