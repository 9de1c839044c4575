package dev.temper.tests;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Optional;

/** What some tests need beside a JDK and Maven. Where it is missing they are skipped, and say why. */
public enum Requirement {
    /** What {@code tests/interop/prepare} fetches, and who runs it. */
    INTEROP,
    /** A Docker engine. */
    DOCKER,
    /** Prometheus and promtool, which {@code tests/monitoring/prepare} fetches. */
    PROMETHEUS,
    /** Chromium and its driver. */
    BROWSER;

    /** Ends the test where something is missing: as skipped, or as failed where TEMPER_REQUIRE_... says that it must run. */
    public void holds(Optional<String> missing) {
        String variable = "TEMPER_REQUIRE_" + name();
        missing.ifPresent(reason -> {
            if (System.getenv(variable) != null) {
                fail(variable + " is set, but " + reason);
            }
            abort(reason);
        });
    }
}
