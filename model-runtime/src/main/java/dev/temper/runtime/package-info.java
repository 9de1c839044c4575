/** What every part of the runtime shares. */
@NullMarked
package dev.temper.runtime;

import org.jspecify.annotations.NullMarked;
