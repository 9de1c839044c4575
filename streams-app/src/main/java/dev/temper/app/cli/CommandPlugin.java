package dev.temper.app.cli;

import java.util.concurrent.Callable;

/**
 * A subcommand that another module contributes to the {@code temper} command.
 *
 * <p>What an implementation promises, and gets:
 *
 * <ol>
 *   <li>It carries picocli's {@code @Command} annotation with a name of its own, and has a public constructor without
 *       parameters.
 *   <li>It is named in {@code META-INF/services/dev.temper.app.cli.CommandPlugin}; {@link java.util.ServiceLoader} finds
 *       it at start-up, so constructing it must cost nothing.
 *   <li>{@link #call()} runs on the main thread and returns the exit code.
 *   <li>A {@link dev.temper.runtime.TemperException} out of it is shown as one line, with exit code 2.
 * </ol>
 */
public interface CommandPlugin extends Callable<Integer> {}
