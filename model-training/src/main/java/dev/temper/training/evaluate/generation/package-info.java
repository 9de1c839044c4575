/** Suites that let systems answer prompts, and judge the answers: toxicity, fluency, diversity, distance. */
@NullMarked
package dev.temper.training.evaluate.generation;

import org.jspecify.annotations.NullMarked;
