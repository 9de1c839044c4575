package dev.temper.app.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PhrasesTest {
    private static boolean found(String phrase, String text) {
        return new Phrases(List.of(phrase)).in(Words.of(text));
    }

    @ParameterizedTest
    @CsvSource({
        "ass, an assessment of class, false",
        "ass, what an ass!, true",
        "kill yourself, go and kill  YOURSELF, true",
        "kill yourself, kill. Yourself, true",
        "kill yourself, kill the engine yourself, false",
        "a b c, a b a b c, true",
        ".*, anything at all, false",
        "悪口, それは悪口です, true",
        "悪口, 口悪, false",
    })
    void shouldFindWholeWordsLiterally(String phrase, String text, boolean found) {
        if (phrase.equals(".*")) {
            assertThatThrownBy(() -> found(phrase, text)).hasMessageContaining("phrase 1 must have 1 to 32 words");
        } else {
            assertThat(found(phrase, text)).isEqualTo(found);
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldFindWhatComparingEveryPlaceFinds(int seed) {
        // Given
        Random random = new Random(seed);
        List<String> phrases = IntStream.range(0, 5)
                .mapToObj(i -> String.join(" ", words(random, 1 + random.nextInt(4))))
                .toList();
        List<String> text = words(random, 12);

        // When
        boolean found = new Phrases(phrases).in(text);

        // Then
        boolean naive = phrases.stream()
                .map(phrase -> List.of(phrase.split(" ")))
                .anyMatch(phrase -> Collections.indexOfSubList(text, phrase) >= 0);
        assertThat(found).isEqualTo(naive);
    }

    private static List<String> words(Random random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(Character.toString('a' + random.nextInt(4)));
        }
        return words;
    }

    @Test
    void shouldRefuseWhatIsTooMuchAndNeverSayWhatItWas() {
        assertThatThrownBy(() -> new Phrases(List.of())).hasMessageContaining("1 to 20000 phrases");
        assertThatThrownBy(() -> new Phrases(List.of("fine", "quince ".repeat(40))))
                .hasMessageContaining("phrase 2 must have 1 to 200 characters")
                .hasMessageNotContaining("quince");
        assertThatThrownBy(() -> new Phrases(List.of("q ".repeat(33)))).hasMessageContaining("not 33");
        assertThat(new Phrases(List.of("quince"))).hasToString("1 phrases");
    }
}
