/** Events, topic names, headers, wire format, serdes. */
@NullMarked
package dev.temper.schemas;

import org.jspecify.annotations.NullMarked;
