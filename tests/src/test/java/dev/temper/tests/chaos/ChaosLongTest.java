package dev.temper.tests.chaos;

import org.junit.jupiter.api.Tag;

/** {@code mvn -B -Pchaos verify}. */
@Tag("chaos")
class ChaosLongTest extends ChaosSuite {
    ChaosLongTest() {
        super(Scale.LONG);
    }
}
