package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private final Reconciler reconciler = new Reconciler();

    @Test
    void shouldBalanceWhenEveryPromptHasOneOutcome() {
        // Given
        reconciler.prompt(at(0));
        reconciler.prompt(at(1));
        reconciler.prompt(at(2));
        reconciler.result(at(0), "a", false);
        reconciler.result(at(1), "b", true);
        reconciler.flagged(at(1));
        reconciler.reject(at(2));

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(3, 2, 1, 1, 0, 0));
        assertThat(tally.balanced()).isTrue();
        assertThat(tally.line()).isEqualTo("prompts=3 results=2 flagged=1 rejects=1 duplicates=0 lost=0");
        assertThat(reconciler.unsettled()).isZero();
        assertThat(reconciler.settled()).isEqualTo(3);
    }

    @Test
    void shouldNotMindOutcomesThatAreReadBeforeTheirPrompts() {
        // Given
        reconciler.flagged(at(0));
        reconciler.result(at(0), "a", true);
        reconciler.prompt(at(0));

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(1, 1, 1, 0, 0, 0));
    }

    @Test
    void shouldCountAnUnansweredPromptAsLost() {
        // Given
        reconciler.prompt(at(0));
        reconciler.prompt(at(1));
        reconciler.result(at(1), "b", false);

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(2, 1, 0, 0, 0, 1));
        assertThat(tally.balanced()).isFalse();
        assertThat(reconciler.unsettled()).isEqualTo(1);
    }

    @Test
    void shouldCountAMissingFlaggedEventAsLost() {
        // Given
        reconciler.prompt(at(0));
        reconciler.result(at(0), "a", true);

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(1, 1, 0, 0, 0, 1));
        assertThat(reconciler.unsettled()).isEqualTo(1);
    }

    @Test
    void shouldCountSecondOutcomesOfAPromptAsDuplicates() {
        // Given
        reconciler.prompt(at(0));
        reconciler.result(at(0), "a", true);
        reconciler.result(at(0), "a", true);
        reconciler.flagged(at(0));
        reconciler.flagged(at(0));
        reconciler.prompt(at(1));
        reconciler.result(at(1), "b", false);
        reconciler.reject(at(1));

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(2, 3, 2, 1, 3, 0));
        assertThat(tally.balanced()).isFalse();
    }

    @Test
    void shouldCountAPromptThatWasSentAndAnsweredTwiceAsADuplicate() {
        // Given
        reconciler.prompt(at(0));
        reconciler.prompt(at(9));
        reconciler.result(at(0), "a", false);
        reconciler.result(at(9), "a", false);

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(2, 2, 0, 0, 1, 0));
    }

    @Test
    void shouldCountAFlaggedEventWithoutAFlaggedResultAndAnOutcomeOfNoPromptAsDuplicates() {
        // Given
        reconciler.prompt(at(0));
        reconciler.result(at(0), "a", false);
        reconciler.flagged(at(0));
        reconciler.result(at(5), "b", false);

        // When
        Tally tally = reconciler.tally();

        // Then
        assertThat(tally).isEqualTo(new Tally(1, 2, 1, 0, 2, 0));
    }

    private static Coordinates at(long offset) {
        return new Coordinates("prompts", 0, offset);
    }
}
