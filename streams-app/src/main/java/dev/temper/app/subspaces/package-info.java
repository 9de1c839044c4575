/** Versions of the subspaces that guide decoding: their topic, what of it is in force, and the verdicts they are made of. */
@NullMarked
package dev.temper.app.subspaces;

import org.jspecify.annotations.NullMarked;
