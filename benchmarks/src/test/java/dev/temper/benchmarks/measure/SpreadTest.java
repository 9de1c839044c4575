package dev.temper.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void shouldTakeQuartilesBetweenNeighbours() {
        // Given
        List<Double> measured = List.of(40.0, 10.0, 30.0, 20.0);

        // When
        Spread spread = Spread.of(measured);

        // Then
        assertThat(spread).isEqualTo(new Spread(25, 17.5, 32.5, 10, 40, 4));
    }

    @Test
    void shouldTakeTheOnlyMeasurementForAll() {
        // When
        Spread spread = Spread.of(List.of(3.0));

        // Then
        assertThat(spread).isEqualTo(new Spread(3, 3, 3, 3, 3, 1));
    }

    @Test
    void shouldRefuseNoMeasurements() {
        // Then
        assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
