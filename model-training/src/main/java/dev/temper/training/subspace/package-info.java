/** Fitting the linear subspaces of guided decoding from labelled texts. */
@NullMarked
package dev.temper.training.subspace;

import org.jspecify.annotations.NullMarked;
