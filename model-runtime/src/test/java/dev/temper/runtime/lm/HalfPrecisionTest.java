package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfPrecisionTest {

    @Test
    void shouldKeepEveryBfloat16ThroughFloat() {
        // Given
        int wrong = 0;

        // When
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = HalfPrecision.fromBfloat16((short) bits);
            if (!Float.isNaN(value) && HalfPrecision.toBfloat16(value) != (short) bits) {
                wrong++;
            }
        }

        // Then
        assertThat(wrong).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0x3f808000, 0x3f80", // a tie goes to the even neighbour below
        "0x3f818000, 0x3f82", // and above
        "0x3f808001, 0x3f81",
        "0x7f7fffff, 0x7f80", // beyond the largest finite: infinity
        "0xff800000, 0xff80",
        "0x7fc00001, 0x7fc0",
    })
    void shouldRoundToTheNearestBfloat16(String float32Bits, String bfloat16Bits) {
        // Given
        float value = Float.intBitsToFloat(Integer.parseUnsignedInt(float32Bits.substring(2), 16));

        // When
        short rounded = HalfPrecision.toBfloat16(value);

        // Then
        assertThat(Short.toUnsignedInt(rounded)).isEqualTo(Integer.decode(bfloat16Bits));
    }

    @ParameterizedTest
    @CsvSource({
        "0x3c00, 1",
        "0xc000, -2",
        "0x7bff, 65504",
        "0x0001, 5.9604645e-8",
        "0x0400, 6.1035156e-5",
        "0x3555, 0.33325195",
        "0x7c00, Infinity",
        "0xfc00, -Infinity",
        "0x7e00, NaN",
        "0x8000, -0.0",
    })
    void shouldReadFloat16(String bits, float expected) {
        // Given / When
        float value = HalfPrecision.fromFloat16((short) Integer.decode(bits).intValue());

        // Then
        assertThat(value).isEqualTo(Float.valueOf(expected));
    }
}
