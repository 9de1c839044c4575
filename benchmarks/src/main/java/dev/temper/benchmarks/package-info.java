/** What Temper's speed is measured with: the command {@code temper bench} and its parts. */
@NullMarked
package dev.temper.benchmarks;

import org.jspecify.annotations.NullMarked;
