/** Which of two systems' answers a third model finds likelier. */
@NullMarked
package dev.temper.training.evaluate.preference;

import org.jspecify.annotations.NullMarked;
