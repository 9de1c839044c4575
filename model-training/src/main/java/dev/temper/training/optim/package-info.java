/** Gradient steps: learning-rate schedule, clipping by global norm, AdamW. */
@NullMarked
package dev.temper.training.optim;

import org.jspecify.annotations.NullMarked;
