/** Progress of long commands, on the terminal. */
@NullMarked
package dev.temper.training.progress;

import org.jspecify.annotations.NullMarked;
