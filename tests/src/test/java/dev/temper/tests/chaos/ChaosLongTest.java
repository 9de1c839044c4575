package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code mvn -B -Pchaos verify}. */
@Tag("chaos")
class ChaosLongTest extends ChaosSuite {
    ChaosLongTest() {
        super(Scale.LONG);
    }

    @Test
    void shouldCatchOutputsOutsideTheTransactionAndFindTheirIdsOfUse() throws Exception {
        Verdict verdict = broken(Mutant.AT_LEAST_ONCE, seen -> seen.duplicated() > 0);
        assertThat(verdict.duplicated()).isPositive();
        assertThat(verdict.duplicatedForDeduplicating()).isZero();
    }
}
