/**
 * The frame of {@code temper evaluate}: a plan of systems and suites, resumable measuring, numbers with intervals, and the
 * report. Kinds of systems are in {@code systems}, suites that generate in {@code generation}.
 */
@NullMarked
package dev.temper.training.evaluate;

import org.jspecify.annotations.NullMarked;
