/** A registry on this machine and sample events, for the tests of this module. */
@NullMarked
package dev.temper.schemas.testing;

import org.jspecify.annotations.NullMarked;
