package dev.temper.benchmarks.pieces;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.benchmarks.decode.DecodeStepBenchmark;
import org.junit.jupiter.api.Test;

/** Every JMH benchmark once, without JMH: that it does what its name says. */
class PiecesTest {

    @Test
    void shouldTurnPromptsToTokensAndAnswersToText() {
        // Given
        TextBenchmark text = new TextBenchmark();
        text.setUp();

        // When
        int[] ids = text.encodeConversation();
        String answer = text.detokenizeAnswer();

        // Then
        assertThat(ids).hasSizeBetween(30, 100);
        assertThat(answer).startsWith("Wash the leeks").endsWith("in butter; ");
        text.tearDown();
    }

    @Test
    void shouldReadBackTheEventThatItWrote() throws Exception {
        // Given
        EventBenchmark events = new EventBenchmark();
        events.setUp();

        // When
        byte[] bytes = events.serialize();

        // Then
        assertThat(bytes).startsWith(0).hasSizeGreaterThan(100);
        assertThat(events.deserialize().getMessages()).hasSize(3);
        events.tearDown();
    }

    @Test
    void shouldDecodeTheNarrowModel() {
        // Given
        DecodeStepBenchmark step = new DecodeStepBenchmark();
        step.candidates = 10;
        step.setUp();

        // When
        double msPerStep = step.decodeNarrowModel();

        // Then
        assertThat(msPerStep).isPositive();
        step.tearDown();
    }
}
