package dev.temper.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.evaluate.PerplexityJudge.Continuation;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PerplexityJudgeTest {
    private final PerplexityJudge judge =
            PerplexityJudge.load(TinyModel.open(), TorchRuntime.open("cpu", 1), ElementType.FLOAT32);

    @AfterEach
    void close() {
        judge.close();
    }

    @Test
    void shouldCountLikelihoodOfTheAnswerOnly() {
        // Given
        Prompt prompt = new Prompt.Plain("We met at the station");
        List<Integer> answer = List.of(40, 41, 42, 43);

        // When: together, and with the answer's beginning moved into the prompt's place
        double[] nll = judge.negativeLogLikelihoods(List.of(
                new Continuation(prompt, answer),
                new Continuation(prompt, answer.subList(0, 2)),
                new Continuation(prompt, List.of()),
                new Continuation(new Prompt.Plain("Something quite different, and longer"), answer)));

        // Then
        assertThat(nll[0]).isGreaterThan(nll[1]);
        assertThat(nll[1]).isPositive();
        assertThat(nll[2]).isZero();
        assertThat(judge.negativeLogLikelihoods(List.of(new Continuation(prompt, answer)))[0])
                .isCloseTo(nll[0], within(1e-4));
    }

    @Test
    void shouldRefuseAnswersInAnotherTokenizersIds() {
        assertThatThrownBy(() -> judge.requireTokenizerOf(TinyModel.open("gpt2")))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("has another tokenizer");
    }
}
