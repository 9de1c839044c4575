package dev.temper.training.regularise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.text.Prompt;
import dev.temper.training.data.PromptRow;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OracleSamplingTest {

    private static OracleSampling.Source source(String kind, int prompts, double share) {
        List<PromptRow> rows = IntStream.range(0, prompts)
                .mapToObj(i -> new PromptRow(kind + i, new Prompt.Plain("a text"), kind))
                .toList();
        return new OracleSampling.Source(rows, share);
    }

    private static long count(List<PromptRow> drawn, String kind) {
        return drawn.stream().filter(row -> row.group().equals(kind)).count();
    }

    @Test
    void shouldDrawOfEachSourceItsShareWithoutRepeats() {
        // Given
        List<OracleSampling.Source> sources = List.of(source("a", 100, 1), source("b", 100, 3), source("c", 2, 4));

        // When
        List<PromptRow> drawn = OracleSampling.drawn(sources, 40, 7);
        List<PromptRow> again = OracleSampling.drawn(sources, 40, 7);
        List<PromptRow> later = OracleSampling.drawn(sources, 40, 8);

        // Then
        assertThat(count(drawn, "a")).isEqualTo(5);
        assertThat(count(drawn, "b")).isEqualTo(15);
        assertThat(count(drawn, "c")).isEqualTo(2); // all that it has
        assertThat(drawn).doesNotHaveDuplicates().isEqualTo(again).isNotEqualTo(later);
    }

    @Test
    void shouldDrawAsManyAsAreAskedForWhateverTheSharesAre() {
        for (int count = 1; count < 30; count++) {
            List<OracleSampling.Source> sources =
                    List.of(source("a", 50, 0.7), source("b", 50, 1.1), source("c", 50, 0.2));
            assertThat(OracleSampling.drawn(sources, count, 1)).hasSize(count);
        }
    }

    @Test
    void shouldRefuseASourceWithoutPromptsOrShare() {
        assertThatThrownBy(() -> source("a", 0, 1)).hasMessageContaining("no prompts");
        assertThatThrownBy(() -> source("a", 1, 0)).hasMessageContaining("share");
    }
}
