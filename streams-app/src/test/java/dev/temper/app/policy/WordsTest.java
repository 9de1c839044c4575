package dev.temper.app.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {
    private static final int[] OF_NO_WIDTH = {
        0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x034F, 0x180E, 0xFE0F, 0xE0061, 0x115F, 0x3164
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Idiot               | idiot",
                "ＩＤＩＯＴ              | idiot",
                "ïdîöt               | idiot",
                "i\u0336d\u0336i\u0336o\u0336t\u0336 | idiot",
                "𝕚𝓭𝒊𝖔𝘁               | idiot",
                "ⓘⓓⓘⓞⓣ               | idiot",
                "id\u200Bi\u00ADot   | idiot",
                "ı İ I i             | i i i i",
                "Straße STRASSE ẞ    | strasse strasse ss",
                "ΟΔΟΣ οδος οδοσ      | οδοσ οδοσ οδοσ",
                "don't, don’t        | don t don t",
                "_snake_ a-b 4x4     | snake a b 4x4",
                "ﬁne                 | fine",
                "悪口です               | 悪 口 で す",
                "คำหยาบ              | คํ า ห ย า บ",
                "нет НЕТ             | нет нет",
                "...                 | ''",
            })
    void shouldReadWhatAReaderWouldSee(String text, String words) {
        // Compatibility forms of an expected character are compared as they fold.
        assertThat(String.join(" ", Words.of(text)))
                .isEqualTo(java.text.Normalizer.normalize(words, java.text.Normalizer.Form.NFKD));
    }

    @Test
    void shouldKeepTheVowelsOfIndicScriptsAndTheVoicingOfJapanese() {
        assertThat(Words.of("कि")).isNotEqualTo(Words.of("की")).isNotEqualTo(Words.of("क"));
        assertThat(Words.of("が")).isNotEqualTo(Words.of("か"));
        assertThat(Words.of("ｶﾞ")).isEqualTo(Words.of("ガ"));
    }

    @Test
    void shouldFoldEachCharacterOnceAndForAll() {
        // When
        List<String> foldedTwice = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .mapToObj(Character::toString)
                .filter(character -> !Words.fold(Words.fold(character)).equals(Words.fold(character)))
                .toList();

        // Then
        assertThat(foldedTwice).isEmpty();
    }

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void shouldSeeThroughAnyMixOfSimpleEvasions(int seed) {
        // Given
        Random random = new Random(seed);
        String plain = "you rotten quince of the orchard";
        StringBuilder evaded = new StringBuilder();
        for (char character : plain.toCharArray()) {
            evaded.append(disguised(character, random));
        }

        // Then
        assertThat(Words.of(evaded.toString())).isEqualTo(Words.of(plain));
    }

    private static String disguised(char character, Random random) {
        String invisible = Character.toString(OF_NO_WIDTH[random.nextInt(OF_NO_WIDTH.length)]);
        if (character == ' ') {
            return List.of(" ", "  ", "\u00A0", "\u3000", "\n", ", ", " " + invisible)
                    .get(random.nextInt(7));
        }
        String shown = Character.toString(character);
        return switch (random.nextInt(6)) {
            case 0 -> shown.toUpperCase(Locale.ROOT);
            case 1 -> Character.toString(character - 'a' + 'ａ');
            case 2 -> shown + (char) ('\u0300' + random.nextInt(0x70));
            case 3 -> invisible + shown;
            case 4 -> Character.toString(0x1D41A + character - 'a'); // mathematical bold
            default -> shown;
        };
    }
}
