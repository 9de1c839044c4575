package dev.temper.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class in a JVM of its own, for what may end a process or is measured of a process. */
public final class ChildJvm {
    private static final int MOST_MINUTES = 10;

    /**
     * What the child left.
     *
     * @param ended whether it ended by itself
     * @param exitCode its exit code; means nothing if it had to be killed
     * @param lines what it printed, both streams
     */
    public record Result(boolean ended, int exitCode, List<String> lines) {
        public String lastLine() {
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }

        /** The last lines, for an assertion's message. */
        public String end() {
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        }
    }

    private ChildJvm() {}

    /** Runs it to its end. */
    public static Result run(Class<?> mainClass, Path temp, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + temp.resolve("crash"),
                "-cp",
                System.getProperty("java.class.path"),
                mainClass.getName()));
        command.addAll(List.of(arguments));
        Path log = temp.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        return new Result(
                ended, process.exitValue(), Files.readString(log).lines().toList());
    }
}
