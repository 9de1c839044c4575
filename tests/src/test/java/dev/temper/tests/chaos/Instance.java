package dev.temper.tests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One sidecar as a process of its own, which can be started, killed and asked to stop again and again. */
final class Instance implements AutoCloseable {
    /** 128 + SIGTERM: what a shell reports of a process that ended in order after the signal. */
    static final int TERMINATED = 143;

    private static final long EXIT_SECONDS = 120;
    /** Where the machine is busy, a process may not find the broker in time; but not again and again. */
    private static final int MOST_UNBIDDEN = 3;

    private final Path config;
    private final Path log;
    private final Path state;
    private final List<String> arguments;
    private @Nullable Process process;
    private boolean wanted;
    private int unbiddenInARow;
    private int unbidden;
    private int starts;

    /**
     * @param config its configuration; log and state stand beside it
     * @param arguments {@link SidecarMain}'s, after the configuration
     */
    Instance(Path config, Path state, List<String> arguments) {
        this.config = config;
        this.state = state;
        this.log = config.resolveSibling(config.getFileName() + ".log");
        this.arguments = arguments;
    }

    /** Returns at once. From here on it is started again when it ends unbidden, as a supervisor would, a few times. */
    synchronized Instance start() {
        wanted = true;
        unbiddenInARow = 0;
        starts++;
        launch();
        return this;
    }

    private void launch() {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                SidecarMain.class.getName(),
                config.toString());
        builder.command().addAll(arguments);
        builder.environment().put("TEMPER_LOG_LEVEL", "INFO");
        try {
            process = builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process.onExit().thenAccept(this::ended);
    }

    private synchronized void ended(Process which) {
        if (wanted && which == process) {
            unbidden++;
            if (++unbiddenInARow <= MOST_UNBIDDEN) {
                launch();
            }
        }
    }

    /** @throws IllegalStateException if it ended without being told to again and again, in one life or over all of them */
    synchronized void requireSteady() {
        if (unbiddenInARow > MOST_UNBIDDEN || unbidden > MOST_UNBIDDEN + starts / 10) {
            throw new IllegalStateException(this + " was started " + starts + " times and ended by itself " + unbidden
                    + " times, the last " + unbiddenInARow + " in a row");
        }
    }

    /** Its threads, into its log. */
    synchronized void dumpThreads() throws IOException {
        if (process != null && process.isAlive()) {
            new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start();
        }
    }

    private synchronized Process release() {
        wanted = false;
        return Objects.requireNonNull(process, "not started");
    }

    /** SIGKILL; it does not return before the process is gone. */
    void kill() throws InterruptedException {
        release().destroyForcibly().waitFor();
    }

    /** SIGTERM. */
    void terminate() {
        release().destroy();
    }

    /** Its exit value, after it was told to end. */
    int awaitExit() throws InterruptedException {
        Process ending = release();
        if (!ending.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(this + " does not end");
        }
        return ending.exitValue();
    }

    /** Loses the disk. */
    void wipeState() throws IOException {
        try (Stream<Path> paths = Files.walk(state)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** How many lines of its log, of all its lives, hold this. */
    long logged(String text) throws IOException {
        if (!Files.exists(log)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(text)).count();
        }
    }

    @Override
    public String toString() {
        return "the instance whose log is " + log;
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            kill();
        }
    }
}
