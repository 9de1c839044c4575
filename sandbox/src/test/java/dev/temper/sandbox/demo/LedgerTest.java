package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.sandbox.demo.Outcome.Asked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LedgerTest {
    private final List<Outcome> shown = new ArrayList<>();
    private final Ledger ledger = new Ledger(new OutcomeView() {
        @Override
        public void outcome(Outcome outcome) {
            shown.add(outcome);
        }

        @Override
        public void summary(Tally tally) {
            throw new AssertionError("the ledger shows no summary");
        }
    });

    @Test
    void shouldShowAFlaggedAnswerWhenAllThreeEventsAreThereInAnyOrder() {
        // Given
        ledger.goLive();
        ledger.flagged(at(0), "harsh words");
        ledger.result(at(0), answer("a", true));

        // When
        ledger.prompt(at(0), new Asked("a", "c", "question"));

        // Then
        assertThat(shown).singleElement().isInstanceOfSatisfying(Outcome.Answered.class, answer -> {
            assertThat(answer.asked()).isEqualTo(new Asked("a", "c", "question"));
            assertThat(answer.withheld()).contains("harsh words");
        });
    }

    @Test
    void shouldNotShowWhatAnEarlierRunAnsweredButCountIt() {
        // Given
        ledger.prompt(at(0), new Asked("a", "c", "question"));
        ledger.result(at(0), answer("a", false));
        ledger.prompt(at(1), new Asked("b", "c", "another"));
        ledger.goLive();

        // When
        ledger.result(at(1), answer("b", false));

        // Then
        assertThat(shown).extracting(outcome -> outcome.asked().id()).containsExactly("b");
        assertThat(ledger.tally()).isEqualTo(new Tally(2, 2, 0, 0, 0, 0));
        assertThat(ledger.wasSent("a")).isTrue();
        assertThat(ledger.wasSent("c")).isFalse();
    }

    @Test
    void shouldWaitForPromptsThatWereSentButNotReadBack() throws Exception {
        // Given
        ledger.prompt(at(0), new Asked("a", "c", "question"));
        ledger.reject(at(0), new Outcome.Rejected(new Asked("", "", ""), "INVALID_PROMPT", "detail"));

        // When
        boolean one = ledger.awaitSettled(Set.of("a"), Duration.ofHours(1), () -> true);
        boolean both = ledger.awaitSettled(Set.of("a", "b"), Duration.ofMillis(1), () -> true);

        // Then
        assertThat(one).isTrue();
        assertThat(both).isFalse();
    }

    @Test
    void shouldStopWaitingWhenTheSidecarHasEnded() throws Exception {
        // Given
        ledger.prompt(at(0), new Asked("a", "c", "question"));

        // When
        boolean settled = ledger.awaitSettled(Set.of("a"), Duration.ofHours(1), () -> false);

        // Then
        assertThat(settled).isFalse();
    }

    private static Coordinates at(long offset) {
        return new Coordinates("prompts", 0, offset);
    }

    private static Outcome.Answered answer(String id, boolean flagged) {
        return new Outcome.Answered(
                new Asked(id, "", ""), "text", flagged, flagged, Optional.empty(), Map.of(), 0, "LENGTH", 1, 0.1);
    }
}
