/** Topics whose records are versions of something, read whole and written one at a time. */
@NullMarked
package dev.temper.app.topics;

import org.jspecify.annotations.NullMarked;
