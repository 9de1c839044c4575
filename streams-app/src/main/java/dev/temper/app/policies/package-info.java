/** The topic of policies: what its records mean, which of them are in force, and how people publish them. */
@NullMarked
package dev.temper.app.policies;

import org.jspecify.annotations.NullMarked;
