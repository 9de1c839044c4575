package dev.temper.app.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedPlaceTest {

    @Test
    void shouldBeReadFromWhatItWrites() {
        // Given
        FeedPlace place =
                new FeedPlace(List.of(0L, 12L), List.of(3L)).behindFlagged(0, 7).behindVerdict(0, 3);

        // When, Then
        assertThat(place).hasToString("8.12-4");
        assertThat(FeedPlace.parse("8.12-4")).hasValue(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1", "1-", "1.-2", "a-1", "-1-2", "1-2\n", "9999999999999999999-1"})
    void shouldTakeNothingElse(String text) {
        assertThat(FeedPlace.parse(text)).isEmpty();
    }
}
