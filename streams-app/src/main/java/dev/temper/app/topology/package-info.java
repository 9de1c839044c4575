/**
 * From prompt records to results, flags and rejects, exactly once. Everything here runs on a stream thread, except the
 * engine's call-backs, which only hand outcomes over ({@link dev.temper.app.topology.GpuLane}).
 */
@NullMarked
package dev.temper.app.topology;

import org.jspecify.annotations.NullMarked;
