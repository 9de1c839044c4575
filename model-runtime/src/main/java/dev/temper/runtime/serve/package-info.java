/** The engine that a service talks to: requests in, outcomes out. */
@NullMarked
package dev.temper.runtime.serve;

import org.jspecify.annotations.NullMarked;
