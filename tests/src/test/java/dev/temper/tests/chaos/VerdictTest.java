package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.tests.chaos.Seen.Kind;
import dev.temper.tests.chaos.Sent.Due;
import dev.temper.tests.stream.PacedEngine;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The judge sees what is wrong, and only that. */
class VerdictTest {
    private static final String TOPIC = "prompts";
    /** The first offset whose answer the engine does not call toxic, and the first one behind it whose answer it does. */
    private static final long FINE = firstOffset(0, false);

    private static final long TOXIC = firstOffset(FINE, true);

    private final Ledger ledger = new Ledger();
    private long outputs;

    private static long firstOffset(long from, boolean toxic) {
        return LongStream.iterate(from, offset -> offset + 1)
                .filter(offset -> PacedEngine.isToxic(at(offset).seed()) == toxic)
                .findFirst()
                .orElseThrow();
    }

    private static Place at(long offset) {
        return new Place(TOPIC, 0, offset);
    }

    private void sent(long offset, Due due) {
        ledger.sent(new Sent(at(offset), "key", "prompt " + offset, new byte[] {1, 2}, due));
    }

    /** What the sidecar would write. */
    private Seen outcome(Kind kind, long offset) {
        Place source = at(offset);
        boolean toxic = PacedEngine.isToxic(source.seed());
        boolean refused = kind == Kind.RESULT && toxic;
        String id = source.eventId(kind.name());
        return new Seen(
                kind,
                new Place(kind.name(), 0, outputs++),
                source,
                "key",
                id,
                id,
                refused ? "no" : PacedEngine.textOf("prompt " + offset, source.seed()),
                refused,
                refused,
                kind == Kind.REJECT ? "UNREADABLE_RECORD" : "",
                kind == Kind.REJECT ? new byte[] {1, 2} : null,
                System.nanoTime());
    }

    private static Seen withId(Seen seen, String id) {
        return new Seen(
                seen.kind(),
                seen.at(),
                seen.source(),
                seen.key(),
                id,
                id,
                seen.text(),
                seen.flagged(),
                seen.refusal(),
                seen.reason(),
                seen.original(),
                seen.nanos());
    }

    @Test
    void shouldFindNothingWrongWithOneOutcomeEach() {
        // Given
        sent(FINE, Due.ANSWER);
        sent(TOXIC, Due.EITHER);
        sent(100, Due.REJECT);

        // When
        ledger.seen(outcome(Kind.RESULT, FINE));
        ledger.seen(outcome(Kind.RESULT, TOXIC));
        ledger.seen(outcome(Kind.FLAGGED, TOXIC));
        ledger.seen(outcome(Kind.REJECT, 100));

        // Then
        assertThat(Verdict.of(ledger)).matches(Verdict::clean);
    }

    @Test
    void shouldMissAnOutcomeAndAFlaggedEvent() {
        // Given
        sent(FINE, Due.ANSWER);
        sent(TOXIC, Due.ANSWER);

        // When
        ledger.seen(outcome(Kind.RESULT, TOXIC));

        // Then
        assertThat(Verdict.of(ledger).lost()).isEqualTo(2);
        assertThat(ledger.allAnswered()).isFalse();
    }

    @Test
    void shouldSeeASecondOutcomeAndWhetherItsIdGivesItAway() {
        // Given
        sent(FINE, Due.EITHER);

        // When
        ledger.seen(outcome(Kind.RESULT, FINE));
        ledger.seen(outcome(Kind.RESULT, FINE));
        ledger.seen(withId(outcome(Kind.RESULT, FINE), "another"));
        ledger.seen(outcome(Kind.REJECT, FINE));
        Verdict verdict = Verdict.of(ledger);

        // Then
        assertThat(verdict.duplicated()).isEqualTo(3);
        assertThat(verdict.duplicatedForDeduplicating()).isEqualTo(2);
        assertThat(verdict.wrong()).hasSize(1).first().asString().contains("has an id that does not follow");
    }

    @Test
    void shouldSeeAnAnswerThatOvertookAnEarlierOne() {
        // Given
        sent(FINE, Due.ANSWER);
        long later = LongStream.iterate(FINE + 1, offset -> offset + 1)
                .filter(offset -> !PacedEngine.isToxic(at(offset).seed()))
                .findFirst()
                .orElseThrow();
        sent(later, Due.ANSWER);

        // When
        ledger.seen(outcome(Kind.RESULT, later));
        ledger.seen(outcome(Kind.RESULT, FINE));

        // Then
        assertThat(Verdict.of(ledger).outOfOrder()).isEqualTo(1);
        assertThat(Verdict.of(ledger).lost()).isZero();
    }

    @Test
    void shouldSeeWhatIsNotDueAndWhatIsNotAsItWas() {
        // Given
        sent(FINE, Due.REJECT);
        sent(TOXIC, Due.ANSWER);
        Seen strange = outcome(Kind.RESULT, 1_000);

        // When
        ledger.seen(outcome(Kind.RESULT, FINE));
        ledger.seen(outcome(Kind.REJECT, TOXIC));
        ledger.seen(strange);

        // Then
        assertThat(Verdict.of(ledger).wrong())
                .hasSize(3)
                .anyMatch(line -> line.contains("answers what is no prompt"))
                .anyMatch(line -> line.contains("rejects a good prompt"))
                .anyMatch(line -> line.contains("where nothing was sent"));
    }

    @Test
    void shouldTimeAFaultUntilALaterPromptIsAnswered() {
        // Given
        sent(FINE, Due.ANSWER);
        Ledger.Fault fault = ledger.fault();

        // When
        ledger.seen(outcome(Kind.RESULT, FINE));
        boolean afterAnEarlierPrompt = fault.isOver();
        sent(100, Due.EITHER);
        ledger.seen(outcome(Kind.REJECT, 100));

        // Then
        assertThat(afterAnEarlierPrompt).isFalse();
        assertThat(fault.isOver()).isTrue();
        assertThat(ledger.recoverySeconds()).hasSize(1).allMatch(seconds -> seconds >= 0);
    }
}
