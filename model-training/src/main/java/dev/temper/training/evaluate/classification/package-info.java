/** How well systems tell toxic from harmless texts: by likelihoods, by a linear boundary of their states, or by a head. */
@NullMarked
package dev.temper.training.evaluate.classification;

import org.jspecify.annotations.NullMarked;
