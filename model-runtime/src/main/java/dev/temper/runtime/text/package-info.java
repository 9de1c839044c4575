/** Tokenizers, chat templates, streaming detokenisation. */
@NullMarked
package dev.temper.runtime.text;

import org.jspecify.annotations.NullMarked;
