/** Prompts a second and latency through broker, registry and sidecar, against the engine alone. */
@NullMarked
package dev.temper.benchmarks.pipeline;

import org.jspecify.annotations.NullMarked;
