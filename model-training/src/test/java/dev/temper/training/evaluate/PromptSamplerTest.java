package dev.temper.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.text.Prompt;
import dev.temper.training.data.PromptRow;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptSamplerTest {
    private static final int SAMPLES = 4;
    private static final List<PromptRow> PROMPTS = IntStream.range(0, 40)
            .mapToObj(i -> new PromptRow("p" + i, new Prompt.Plain("Tell me about number " + i), ""))
            .toList();

    private final ScriptedEngine engine = new ScriptedEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldWaitForAFullEngineAndKeepAnswersWithTheirPrompts() {
        // When
        PromptSampler.Samples samples = sample(PROMPTS, 1);

        // Then
        assertThat(engine.refusals()).isPositive();
        assertThat(samples.failed()).hasSize(PROMPTS.size()).containsOnly(0);
        for (int p = 0; p < PROMPTS.size(); p++) {
            String id = "p" + p;
            assertThat(samples.completed().get(p)).hasSize(SAMPLES).allSatisfy(answer -> assertThat(answer.requestId())
                    .startsWith(id + "#"));
        }
    }

    @ParameterizedTest
    @CsvSource({"1," + SAMPLES, "40," + ScriptedEngine.PLACES})
    void shouldLetNothingBeginBeforeAllAreThereThatTheQueueTakes(int prompts, int together) {
        // When
        sample(PROMPTS.subList(0, prompts), 1);

        // Then
        assertThat(engine.acceptedWhileHeld()).isEqualTo(together);
    }

    @Test
    void shouldDrawFromSeedPromptAndSampleAlone() {
        // Given
        List<Completed> together = sample(PROMPTS, 1).completed().get(7);

        // When
        List<Completed> alone = sample(PROMPTS.subList(7, 8), 1).completed().get(0);
        List<Completed> otherSeed = sample(PROMPTS.subList(7, 8), 2).completed().get(0);

        // Then
        assertThat(alone).extracting(Completed::tokenIds).isEqualTo(tokens(together));
        assertThat(tokens(together)).doesNotHaveDuplicates();
        assertThat(tokens(otherSeed)).isNotEqualTo(tokens(together));
    }

    @Test
    void shouldGiveUpWhenTheEngineIsClosed() {
        // Given
        engine.failAllAfter(10);

        // When, Then
        assertThatThrownBy(() -> sample(PROMPTS, 1))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("the engine refuses to sample");
    }

    private PromptSampler.Samples sample(List<PromptRow> prompts, long seed) {
        return new PromptSampler(engine)
                .sample(prompts, GuidanceParameters.NONE, DecodingParameters.DEFAULT, SAMPLES, seed);
    }

    private static List<List<Integer>> tokens(List<Completed> answers) {
        return answers.stream().map(Completed::tokenIds).toList();
    }
}
