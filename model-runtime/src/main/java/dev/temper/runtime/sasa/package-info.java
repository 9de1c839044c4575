/** Self-disciplined autoregressive sampling: linear subspaces of hidden states and the guidance that they give. */
@NullMarked
package dev.temper.runtime.sasa;

import org.jspecify.annotations.NullMarked;
