package dev.temper.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Neither long nor short prompts starve. */
class PrefillSharesTest {

    @Test
    void shouldReadShortPromptsAtOnceBesideALongOne() {
        // When
        int[] shares = PrefillShares.of(new int[] {1000, 3, 20, 2}, 16);

        // Then
        assertThat(shares).containsExactly(8, 3, 3, 2);
    }

    @Test
    void shouldGiveTheLongestWaitingHalfHoweverManyShortOnesCome() {
        // Given
        int[] unread = new int[40];
        Arrays.fill(unread, 1);
        unread[0] = 1000;

        // When
        int[] shares = PrefillShares.of(unread, 16);

        // Then
        assertThat(shares[0]).isEqualTo(8);
        assertThat(Arrays.stream(shares).sum()).isEqualTo(16);
    }

    @Test
    void shouldSpendTheWholeBudgetWhereThereIsEnoughToRead() {
        // Then
        assertThat(PrefillShares.of(new int[] {100}, 16)).containsExactly(16);
        assertThat(PrefillShares.of(new int[] {2, 100}, 16)).containsExactly(2, 14);
        assertThat(PrefillShares.of(new int[] {0, 100, 100}, 16)).containsExactly(0, 16, 0);
        assertThat(PrefillShares.of(new int[] {5, 5}, 1)).containsExactly(1, 0);
        assertThat(PrefillShares.of(new int[] {0, 0}, 16)).containsExactly(0, 0);
    }
}
