/** What operators are given to watch Temper with, held against the real Prometheus and a running sidecar. */
@NullMarked
package dev.temper.tests.monitoring;

import org.jspecify.annotations.NullMarked;
