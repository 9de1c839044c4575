/** Suites that ask how able a model is, by what it finds likely: questions with known answers, last words, plain text. */
@NullMarked
package dev.temper.training.evaluate.utility;

import org.jspecify.annotations.NullMarked;
