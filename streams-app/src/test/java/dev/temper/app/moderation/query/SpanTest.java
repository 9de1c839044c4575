package dev.temper.app.moderation.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.moderation.store.PageTopology;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {
    private static final long NOW = 1_767_323_045_678L;

    @ParameterizedTest
    @CsvSource({
        "1, 10, fine",
        "15, 10, fine",
        "60, 20, fine",
        "180, 60, fine",
        "181, 600, coarse",
        "1440, 600, coarse",
        "10080, 3600, coarse"
    })
    void shouldReadFromTheFinestWindowsThatAreKept(int minutes, long stepSeconds, String store) {
        // When
        Span span = Span.last(minutes, NOW);

        // Then
        assertThat(span.stepMs()).isEqualTo(1000 * stepSeconds);
        assertThat(span.store()).isEqualTo(store);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 59, 60, 179, 180, 181, 1000, 10_080, 100_000, 525_600})
    void shouldCoverTheTimeUpToNowInStepsThatWindowsFitInto(int minutes) {
        // When
        Span span = Span.last(minutes, NOW);

        // Then
        Duration window = span.store().equals(PageTopology.FINE) ? PageTopology.FINE_STEP : PageTopology.COARSE_STEP;
        assertThat(span.stepMs() % window.toMillis()).isZero();
        assertThat(span.to()).isGreaterThan(NOW).isLessThanOrEqualTo(NOW + span.stepMs());
        assertThat(span.to() - span.from()).isBetween(60_000L * minutes, 60_000L * minutes + span.stepMs());
        assertThat((span.to() - span.from()) / span.stepMs()).isLessThanOrEqualTo(2 * Span.MOST_STEPS);
        assertThat(span.stepOf(NOW)).isEqualTo(span.to() - span.stepMs());
    }

    @Test
    void shouldRefuseWhatAnotherInstanceCouldNotHaveAskedFor() {
        assertThatThrownBy(() -> new Span(0, 10_000_000_000L, 10_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Span(5, 10_005, 10_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Span(0, 10_000, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Span(10_000, 0, 10_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
