package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.training.regularise.Algorithm;
import dev.temper.training.regularise.Divergence;
import java.nio.file.Path;
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scorer: s|must name the base model",
                "base: b; scorer: s|at least one domain",
                "base: b; domains: {d: {texts: [t]}}|scorer must name",
                "base: b; scorer: s; domains: {d: {texts: [t], lamda: 1}}|lamda is no setting",
                "base: b; scorer: s; domains: {d: {texts: [t]}}; algorithm: both|must be one of sequential",
            })
    void shouldRefuseWithTheKeyAndWhatToDo(String text, String complaint) {
        assertThatThrownBy(() -> parse(text.replace("; ", "\n")))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("recipe.yaml")
                .hasMessageContaining(complaint);
    }
}
