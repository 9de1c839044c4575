/** A small HTTP server for operators. It knows nothing of prompts; what it shows is given to it. */
@NullMarked
package dev.temper.app.admin;

import org.jspecify.annotations.NullMarked;
