/** The sidecar: main class and the wiring of its parts. */
@NullMarked
package dev.temper.app;

import org.jspecify.annotations.NullMarked;
