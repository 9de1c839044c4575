package dev.temper.tests.interop;

import java.nio.file.Path;

/** Where the parties are that nobody here wrote. */
final class Interop {
    static final Path FOLDER = Path.of("interop").toAbsolutePath();
    static final String PREPARE = "run tests/interop/prepare";

    private Interop() {}
}
