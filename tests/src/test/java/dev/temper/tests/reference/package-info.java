/** Pages of the documentation that are written from the code. */
@NullMarked
package dev.temper.tests.reference;

import org.jspecify.annotations.NullMarked;
