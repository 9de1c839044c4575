package dev.temper.training.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineLikelihoodTest {
    private static final Path BASE = Goldens.folder("models/llama32");
    private static final Path EXPERT = Goldens.folder("models/llama31");

    private static List<TokenSpan> spans() {
        Random random = new Random(3);
        return List.of(
                new TokenSpan(random.ints(9, 0, 900).toArray(), 4),
                new TokenSpan(random.ints(5, 0, 900).toArray(), 4),
                new TokenSpan(random.ints(14, 0, 900).toArray(), 1));
    }

    private static void assertLikelihoods(Baseline baseline, NaiveBaseline.Weights naive) {
        // Given
        BaselineLoader loader = BaselineLoader.open(ModelFolder.open(BASE), baseline);
        try (BaselineLikelihood likelihood =
                loader.likelihood(Goldens.RUNTIME, ElementType.FLOAT32).orElseThrow()) {

            // When
            List<TokenLikelihoods> judged = likelihood.of(spans());

            // Then
            for (int s = 0; s < judged.size(); s++) {
                int[] ids = spans().get(s).ids();
                for (int i = spans().get(s).start(); i < ids.length; i++) {
                    double expected = naive.logQ(Arrays.copyOf(ids, i))[ids[i]];
                    assertThat(judged.get(s).logLikelihoods()[i - spans().get(s).start()])
                            .isCloseTo(expected, within(5e-4));
                }
            }
        }
    }

    @Test
    void shouldJudgeByNadosClosestDistribution(@TempDir Path folder) {
        Path saved = BaselineDecoderTest.saveAuxiliary(folder.resolve("auxiliary"));
        try (CausalLm base = Goldens.load(BASE);
                CausalLm auxiliary = Goldens.load(saved)) {
            assertLikelihoods(new Baseline.Nado(saved, 1), NaiveBaseline.nadoWeights(base, auxiliary));
        }
    }

    @Test
    void shouldJudgeByTheEnsembleOfExperts() {
        try (CausalLm base = Goldens.load(BASE);
                CausalLm expert = Goldens.load(EXPERT)) {
            assertLikelihoods(
                    new Baseline.DExperts(EXPERT, BASE, 2), NaiveBaseline.expertWeights(base, expert, base, 2));
        }
    }

    @Test
    void shouldNotJudgeWhereOnlyCandidatesAreWeighed() {
        Baseline rad = new Baseline.Rad(Goldens.folder("classifiers/llama_cls"), 5, 20, Optional.empty());

        assertThat(BaselineLoader.open(ModelFolder.open(BASE), rad).likelihood(Goldens.RUNTIME, ElementType.FLOAT32))
                .isEmpty();
    }
}
