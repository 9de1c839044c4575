/** A scorer that is somebody's service on the network. */
@NullMarked
package dev.temper.training.remote;

import org.jspecify.annotations.NullMarked;
