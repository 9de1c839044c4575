/** What evaluations report: ranking quality, toxicity over samples, diversity, and intervals by bootstrap. */
@NullMarked
package dev.temper.training.metrics;

import org.jspecify.annotations.NullMarked;
