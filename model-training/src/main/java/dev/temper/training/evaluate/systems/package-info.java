/** Kinds of systems and scorers that a plan of evaluation can name. */
@NullMarked
package dev.temper.training.evaluate.systems;

import org.jspecify.annotations.NullMarked;
