package dev.temper.tests.interop;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Optional;

/** What {@code tests/interop/prepare} fetches, and what becomes of a test where it is missing. */
final class Interop {
    static final Path FOLDER = Path.of("interop").toAbsolutePath();
    static final String PREPARE = "run tests/interop/prepare";

    /** Set where these tests must not be skipped. */
    private static final String REQUIRED = "TEMPER_REQUIRE_INTEROP";

    private Interop() {}

    /** Ends the test where something is missing: as skipped with the reason, or as failed where it must run. */
    static void require(Optional<String> missing) {
        missing.ifPresent(reason -> {
            if (System.getenv(REQUIRED) != null) {
                fail(REQUIRED + " is set, but " + reason);
            }
            abort(reason);
        });
    }
}
