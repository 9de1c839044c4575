/** Tokens a second: guided and plain decoding against what the memory allows. */
@NullMarked
package dev.temper.benchmarks.decode;

import org.jspecify.annotations.NullMarked;
