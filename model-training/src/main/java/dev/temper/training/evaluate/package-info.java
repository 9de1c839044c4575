/** Measuring generation: samples through the serving engine, judged for toxicity, fluency, diversity and distance. */
@NullMarked
package dev.temper.training.evaluate;

import org.jspecify.annotations.NullMarked;
