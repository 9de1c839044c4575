package dev.temper.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.config.EngineConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    /** Gives every request this outcome; without one, none. */
    private record Engine(@Nullable GenerationOutcome outcome, List<GenerationRequest> asked)
            implements GenerationEngine {
        Engine(@Nullable GenerationOutcome outcome) {
            this(outcome, new ArrayList<>());
        }

        @Override
        public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
            asked.add(request);
            if (outcome != null) {
                onOutcome.accept(outcome);
            }
            return true;
        }

        @Override
        public boolean cancel(String requestId) {
            return false;
        }

        @Override
        public Identity identity() {
            return new Identity("m", "0", "", "", Map.of());
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public EngineStatus status() {
            return new EngineStatus(0, 0, 0, 0, 0);
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldAskForAShortAnswerAsPromptsAreAnswered() {
        // Given
        Engine engine = new Engine(new Completed(
                "warm-up",
                "a",
                List.of(1),
                List.of("a"),
                FinishReason.LENGTH,
                Map.of(),
                Map.of(),
                new Usage(1, 0, 0, 1, 1, 0, 0, 0),
                new Timings(0, 0, 0, 0, 0)));

        // When
        WarmUp.run(engine, EngineConfig.DEFAULT, Duration.ofSeconds(5));

        // Then
        GenerationRequest asked = engine.asked().get(0);
        assertThat(asked.decoding().maxNewTokens()).isEqualTo(4);
        assertThat(asked.decoding().topP())
                .isEqualTo(EngineConfig.DEFAULT.decoding().topP());
        assertThat(asked.guidance()).isEqualTo(EngineConfig.DEFAULT.guidance());
    }

    @Test
    void shouldRefuseAModelThatDoesNotAnswer() {
        // Given
        Engine broken = new Engine(new Failed("warm-up", Reason.NON_FINITE_LOGITS, "a NaN"));
        Engine silent = new Engine((GenerationOutcome) null);

        // When, Then
        assertThatThrownBy(() -> WarmUp.run(broken, EngineConfig.DEFAULT, Duration.ofSeconds(5)))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("did not answer its first prompt: a NaN");
        assertThatThrownBy(() -> WarmUp.run(silent, EngineConfig.DEFAULT, Duration.ofMillis(20)))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("no answer within PT0.02S");
    }
}
