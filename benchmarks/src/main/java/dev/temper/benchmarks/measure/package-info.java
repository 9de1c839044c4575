/** What every measurement needs: spreads, the machine's description. */
@NullMarked
package dev.temper.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
