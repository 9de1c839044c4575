/** Results as tables, JSON files and plots. */
@NullMarked
package dev.temper.benchmarks.report;

import org.jspecify.annotations.NullMarked;
