package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.config.FineTuneRecipe.PromptsRecipe;
import dev.temper.runtime.TemperException;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.decoder.LoraSettings;
import dev.temper.training.regularise.Algorithm;
import dev.temper.training.regularise.Divergence;
import dev.temper.training.regularise.OracleSampling.Oracle;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeLoaderTest {
    private static final String LEAST = "base: base\nscorer: scorer\ndomains: {policy: {labelled: [a.jsonl]}}\n";
    private static final Path FOLDER = Path.of("/recipes");

    private static FineTuneRecipe parse(String text) {
        return RecipeLoader.parse("recipe.yaml", text, FOLDER);
    }

    @Test
    void shouldTakeDefaultsForAllThatIsLeftOutAndPathsFromTheRecipesFolder() {
        // When
        FineTuneRecipe recipe = parse(LEAST);

        // Then
        assertThat(recipe.base()).isEqualTo(Path.of("/recipes/base"));
        assertThat(Objects.requireNonNull(recipe.domains().get("policy")).labelled())
                .containsExactly(Path.of("/recipes/a.jsonl"));
        assertThat(Objects.requireNonNull(recipe.domains().get("policy")).languageWeight())
                .isEqualTo(1);
        assertThat(recipe.settings().algorithm()).isEqualTo(Algorithm.SEQUENTIAL);
        assertThat(recipe.settings().fineTune().divergence()).isEqualTo(Divergence.FORWARD);
    }

    @Test
    void shouldReadWhatIsGiven() {
        // When
        FineTuneRecipe recipe = parse(LEAST + "algorithm: parallel\nfine_tune: {delta: 0.9, divergence: reverse}\n");

        // Then
        assertThat(recipe.settings().algorithm()).isEqualTo(Algorithm.PARALLEL);
        assertThat(recipe.settings().fineTune().delta()).isEqualTo(0.9);
        assertThat(recipe.settings().fineTune().divergence()).isEqualTo(Divergence.REVERSE);
    }

    @Test
    void shouldNeedNoDomainsForReinforcement() {
        // When
        FineTuneRecipe recipe =
                parse("base: b\nscorer: s\nalgorithm: reinforce\nsamples: {prompts: [p], oracle: score}\n");

        // Then
        assertThat(recipe.settings().algorithm()).isEqualTo(Algorithm.REINFORCE);
        assertThat(recipe.samples().settings(64).oracle()).isEqualTo(Oracle.SCORE);
    }

    @Test
    void shouldTrainAtLowRankWhereALoraSectionIs() {
        assertThat(parse(LEAST).settings().fineTune().lora()).isEmpty();
        assertThat(parse(LEAST + "fine_tune: {lora: {}}\n")
                        .settings()
                        .fineTune()
                        .lora())
                .contains(LoraSettings.DEFAULT);
        assertThat(parse(LEAST + "fine_tune: {lora: {rank: 2, targets: [q_proj]}}\n")
                        .settings()
                        .fineTune()
                        .lora())
                .contains(new LoraSettings(2, 16, List.of("q_proj")));
    }

    @Test
    void shouldTakeSamplesFromSeveralSourcesOrFromTheShortForm() {
        // When
        FineTuneRecipe several = parse(
                LEAST + "samples: {sources: [{prompts: [a], text_as: user_message, share: 2}, {prompts: [b, c]}]}\n");
        FineTuneRecipe one = parse(LEAST + "samples: {prompts: [a], text_as: answer_to_context}\n");

        // Then
        assertThat(several.samples().kinds())
                .containsExactly(
                        new PromptsRecipe(List.of(Path.of("/recipes/a")), TextAs.USER_MESSAGE, 2),
                        new PromptsRecipe(List.of(Path.of("/recipes/b"), Path.of("/recipes/c")), TextAs.PLAIN, 1));
        assertThat(one.samples().kinds())
                .containsExactly(new PromptsRecipe(List.of(Path.of("/recipes/a")), TextAs.ANSWER_TO_CONTEXT, 1));
        assertThat(parse(LEAST).samples().kinds()).isEmpty();
    }

    @Test
    void shouldRegulariseTheSamplesOnlyWhereTheRecipeSaysSo() {
        assertThat(parse(LEAST).settings().samplesLambda()).isZero();
        assertThat(parse(LEAST + "samples: {prompts: [a], lambda: 2}\n")
                        .settings()
                        .samplesLambda())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scorer: s|must name the base model",
                "base: b; scorer: s|at least one domain",
                "base: b; domains: {d: {texts: [t]}}|scorer must name",
                "base: b; scorer: s; domains: {d: {texts: [t], lamda: 1}}|lamda is no setting",
                "base: b; scorer: s; domains: {d: {texts: [t]}}; algorithm: both|must be one of sequential",
                "base: b; scorer: s; domains: {d: {texts: [t], lowest_label: 2}}|lowest_label",
                "base: b; scorer: s; domains: {d: {texts: [t]}}; algorithm: reinforce|leave the domains out",
                "base: b; scorer: s; algorithm: reinforce; reinforce: {clip: 2}|clip must be",
                "base: b; scorer: s; domains: {d: {texts: [t]}}; fine_tune: {lora: {rank: 0}}|lora.rank must be",
                "base: b; scorer: s; domains: {d: {texts: [t]}}; samples: {sources: [{prompt: [a]}]}|prompt is no setting",
                "base: b; scorer: s; domains: {d: {texts: [t]}}; samples: {prompts: [a], sources: [{prompts: [a]}]}|either",
            })
    void shouldRefuseWithTheKeyAndWhatToDo(String text, String complaint) {
        assertThatThrownBy(() -> parse(text.replace("; ", "\n")))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("recipe.yaml")
                .hasMessageContaining(complaint);
    }
}
