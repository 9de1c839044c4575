/** The command line: the {@code temper} command and its subcommands. */
@NullMarked
package dev.temper.app.cli;

import org.jspecify.annotations.NullMarked;
