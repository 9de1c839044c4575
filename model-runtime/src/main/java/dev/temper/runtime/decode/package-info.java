/** The batched decoding loop, its cache and its sampler; guidance is a rule that the loop is given. */
@NullMarked
package dev.temper.runtime.decode;

import org.jspecify.annotations.NullMarked;
