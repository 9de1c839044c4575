/** JMH benchmarks of what happens on the processor around the model's arithmetic. */
@NullMarked
package dev.temper.benchmarks.pieces;

import org.jspecify.annotations.NullMarked;
