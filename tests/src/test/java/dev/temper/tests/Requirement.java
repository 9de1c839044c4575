package dev.temper.tests;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    /** Ends the test where something is missing: as skipped, or as failed where TEMPER_REQUIRE_... says that it must run. */
    public void holds(Optional<String> missing) {
        String variable = "TEMPER_REQUIRE_" + name();
        missing.ifPresent(reason -> {
            if (System.getenv(variable) != null) {
                fail(variable + " is set, but " + reason);
            }
            if (SAID.add(reason)) { // Maven's console tells how many were skipped, and not why
                System.out.println("Tests are skipped: " + reason);
            }
            abort(reason);
        });
    }
}
