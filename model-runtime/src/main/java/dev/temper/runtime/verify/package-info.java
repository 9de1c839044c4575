/** Comparison of this runtime with reference numbers. */
@NullMarked
package dev.temper.runtime.verify;

import org.jspecify.annotations.NullMarked;
