/** Decoders under autograd: weights, batches of sequences, language-model loss. */
@NullMarked
package dev.temper.training.decoder;

import org.jspecify.annotations.NullMarked;
