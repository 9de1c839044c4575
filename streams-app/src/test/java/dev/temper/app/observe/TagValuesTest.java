package dev.temper.app.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TagValuesTest {
    @Test
    void shouldCountTogetherWhatComesAfterTheFirstSoMany() {
        // Given
        TagValues values = new TagValues(2);

        // When, Then
        assertThat(values.of("x".repeat(101))).isEqualTo("other");
        assertThat(values.of("a")).isEqualTo("a");
        assertThat(values.of("b")).isEqualTo("b");
        assertThat(values.of("c")).isEqualTo("other");
        assertThat(values.of("a")).isEqualTo("a");
    }
}
