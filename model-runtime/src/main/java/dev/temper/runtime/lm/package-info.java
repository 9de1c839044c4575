/** Hugging Face folders: configuration, memory-mapped weights, causal language models and classifiers. */
@NullMarked
package dev.temper.runtime.lm;

import org.jspecify.annotations.NullMarked;
