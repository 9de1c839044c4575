package dev.temper.tests.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** The JDKs of this machine: the one that runs, those that the environment names, and the distribution's folder. */
final class Jdks {
    private static final List<String> VARIABLES = List.of("JAVA_HOME_25_X64", "JAVA_HOME_21_X64", "JAVA_HOME");
    private static final Path USUAL = Path.of("/usr/lib/jvm");

    private Jdks() {}

    /** The {@code java} of some JDK of at least this version. */
    static Optional<Path> java(int least) {
        return homes().filter(home -> version(home) >= least)
                .map(home -> home.resolve("bin/java"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> homes() {
        Stream<Path> named = Stream.concat(
                        Stream.of(System.getProperty("java.home")),
                        VARIABLES.stream().map(System::getenv).filter(home -> home != null && !home.isBlank()))
                .map(Path::of);
        if (!Files.isDirectory(USUAL)) {
            return named;
        }
        try (Stream<Path> installed = Files.list(USUAL)) {
            return Stream.concat(named, installed.sorted().toList().stream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the file that every JDK since 8 has; 0 where there is none. */
    private static int version(Path home) {
        Path file = home.resolve("release");
        if (!Files.isRegularFile(file)) {
            return 0;
        }
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            release.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String number =
                release.getProperty("JAVA_VERSION", "0").replace("\"", "").split("[.+-]", 2)[0];
        return number.matches("[0-9]{1,4}") ? Integer.parseInt(number) : 0;
    }
}
