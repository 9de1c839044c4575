package dev.temper.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.evaluate.PerplexityJudge.Written;
import dev.temper.training.likelihood.TokenLikelihoods;
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
        String answer = " and went home";

        // When: together, and after another prompt
        List<TokenLikelihoods> judged = judge.likelihoods(List.of(
                new Written(prompt, answer),
                new Written(prompt, answer.substring(0, 4)),
                new Written(prompt, ""),
                new Written(new Prompt.Plain("Something quite different, and longer"), answer)));

        // Then
        assertThat(judged.get(0).sum()).isLessThan(judged.get(1).sum());
        assertThat(judged.get(1).sum()).isNegative();
        assertThat(judged.get(2).logLikelihoods()).isEmpty();
        assertThat(judged.get(3).logLikelihoods()).hasSameSizeAs(judged.get(0).logLikelihoods());
        assertThat(judge.likelihoods(List.of(new Written(prompt, answer)))
                        .get(0)
                        .sum())
                .isCloseTo(judged.get(0).sum(), within(1e-4));
    }
}
