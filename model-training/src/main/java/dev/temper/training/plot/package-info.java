/** Charts of what was measured. */
@NullMarked
package dev.temper.training.plot;

import org.jspecify.annotations.NullMarked;
