package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LlamaConfigTest {

    @Test
    void shouldComputeThePublishedRotaryFrequencies() {
        // Given
        LlamaConfig config = config(new RopeScaling.None(), 10_000);

        // When
        float[] frequencies = config.inverseFrequencies();

        // Then
        assertThat(frequencies).hasSize(8);
        assertThat(frequencies[0]).isEqualTo(1f);
        assertThat(frequencies[4]).isEqualTo(0.01f);
        assertThat(frequencies[2]).isEqualTo(0.1f);
    }

    @Test
    void shouldDivideAllFrequenciesInLinearScaling() {
        // Given
        LlamaConfig config = config(new RopeScaling.Linear(4), 10_000);

        // When
        float[] frequencies = config.inverseFrequencies();

        // Then
        assertThat(frequencies[0]).isEqualTo(0.25f);
        assertThat(frequencies[4]).isEqualTo(0.0025f);
    }

    @Test
    void shouldKeepBlendAndDivideFrequenciesInLlama3Scaling() {
        // Given
        LlamaConfig plain = config(new RopeScaling.None(), 500_000);
        LlamaConfig scaled = config(new RopeScaling.Llama3(8, 1, 4, 64), 500_000);

        // When
        float[] frequencies = scaled.inverseFrequencies();

        // Then
        float[] before = plain.inverseFrequencies();
        assertThat(frequencies[0]).isEqualTo(before[0]); // wavelength 6.3 < 64 / 4
        assertThat(frequencies[1]).isBetween(before[1] / 8, before[1]); // 32.4
        assertThat(frequencies[1]).isNotIn(before[1] / 8, before[1]);
        assertThat(frequencies[2]).isEqualTo(before[2] / 8); // 167 > 64
    }

    @Test
    void shouldRefuseSettingsThatContradictEachOther() {
        assertThatThrownBy(() -> new LmShape(1, 1, 1, 1, 0, 1)).hasMessageContaining("vocabulary");
        assertThatThrownBy(() -> new RopeScaling.Linear(Double.NaN)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> config(new RopeScaling.None(), 1)).hasMessageContaining("rope_theta");
    }

    private static LlamaConfig config(RopeScaling scaling, double theta) {
        return new LlamaConfig(
                LlamaVariant.LLAMA,
                100,
                64,
                2,
                4,
                2,
                16,
                96,
                1e-5,
                theta,
                scaling,
                0,
                128,
                true,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                ElementType.FLOAT32);
    }
}
