package dev.temper.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.lm.LmShape;
import org.junit.jupiter.api.Test;

/** Bytes become slots before anything runs. */
class CacheBudgetTest {
    private static final LmShape SHAPE = new LmShape(2, 2, 8, 32, 100, 50);
    private static final long SLOT_BYTES =
            50 * 64 * 4; // the model's 50 positions, 2 x 2 x 2 x 8 elements of 4 bytes each

    private static CacheLimits divide(long cacheBytes, boolean keepPrefixes, long freeBytes) {
        return CacheBudget.divide(SHAPE, 4, new EngineSettings(8, 64, 1, 2, 8, cacheBytes, keepPrefixes), freeBytes);
    }

    @Test
    void shouldTakeWhatTheBatchNeedsWhereThereIsEnough() {
        // When
        CacheLimits limits = divide(EngineSettings.AUTOMATIC, true, 1L << 40);

        // Then
        assertThat(limits).isEqualTo(new CacheLimits(8, 50, 2 * SLOT_BYTES));
    }

    @Test
    void shouldRunFewerAtOnceWithinFewerBytes() {
        // When
        CacheLimits limits = divide(5 * SLOT_BYTES, true, 1L << 40);
        CacheLimits withoutPrefixes = divide(5 * SLOT_BYTES, false, 1L << 40);
        CacheLimits halfOfTheDevice = divide(EngineSettings.AUTOMATIC, false, 6 * SLOT_BYTES);
        CacheLimits barelyOne = divide(SLOT_BYTES, true, 1L << 40);

        // Then
        assertThat(limits).isEqualTo(new CacheLimits(4, 50, SLOT_BYTES));
        assertThat(withoutPrefixes).isEqualTo(new CacheLimits(5, 50, 0));
        assertThat(halfOfTheDevice).isEqualTo(new CacheLimits(3, 50, 0));
        assertThat(barelyOne).isEqualTo(new CacheLimits(1, 50, 0));
    }

    @Test
    void shouldRefuseABudgetThatHoldsNoSequence() {
        // When / Then
        assertThatThrownBy(() -> divide(SLOT_BYTES - 1, true, 1L << 40))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("cache_bytes")
                .hasMessageContaining("context_length");
    }
}
