/** Published methods that act at decoding time, to compare with: NADO, RAD, DExperts, word filtering. */
@NullMarked
package dev.temper.training.baseline;

import org.jspecify.annotations.NullMarked;
