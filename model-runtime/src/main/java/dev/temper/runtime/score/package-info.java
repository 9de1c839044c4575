/** Toxicity scoring of finished text by a sequence classifier. */
@NullMarked
package dev.temper.runtime.score;

import org.jspecify.annotations.NullMarked;
