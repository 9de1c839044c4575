/** NADO (Meng et al., 2022): the auxiliary model that steers a language model's distribution under a constraint. */
@NullMarked
package dev.temper.training.nado;

import org.jspecify.annotations.NullMarked;
