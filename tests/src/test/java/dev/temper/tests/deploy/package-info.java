/** What is shipped to deploy Temper with, held against those who read it. */
@NullMarked
package dev.temper.tests.deploy;

import org.jspecify.annotations.NullMarked;
