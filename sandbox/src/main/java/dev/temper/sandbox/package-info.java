/** Everything that a first run needs: an embedded broker and registry, sample traffic, the demo. */
@NullMarked
package dev.temper.sandbox;

import org.jspecify.annotations.NullMarked;
