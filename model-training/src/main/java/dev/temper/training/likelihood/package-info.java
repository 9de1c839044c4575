/** How likely a causal language model finds texts: the one place where likelihoods are computed. */
@NullMarked
package dev.temper.training.likelihood;

import org.jspecify.annotations.NullMarked;
