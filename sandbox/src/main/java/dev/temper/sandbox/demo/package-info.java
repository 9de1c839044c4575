/** The demo: embedded services, the sidecar, sample traffic, and what the terminal shows of it. */
@NullMarked
package dev.temper.sandbox.demo;

import org.jspecify.annotations.NullMarked;
