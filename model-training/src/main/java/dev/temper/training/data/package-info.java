/** Data files: JSON Lines of labelled texts, prompts and dialogues, read as a stream and refused with file and line. */
@NullMarked
package dev.temper.training.data;

import org.jspecify.annotations.NullMarked;
