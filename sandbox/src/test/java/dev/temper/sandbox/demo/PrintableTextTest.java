package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTextTest {

    @ParameterizedTest
    @CsvSource({
        "'\u001b[31mred\u001b[0m', red",
        "'\u001b[2J\u001b[Hgone', gone",
        "'\u001b]0;title\u0007text', text",
        "'\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', link",
        "'\u009b31mred', red",
        "'\u009d0;title\u009ctext', text",
        "'a\u001bPdevice control\u001b\\b', ab",
        "'a\u001bcb', ab",
        "'a\u001b', a",
        "'a\u001b[12;', a",
        "'bell\u0007 back\b\b delete\u007f', bell back delete",
        "'two\r\nlines\u2028three', two lines three",
        "'tab\t\tbed', tab bed",
        "'abc\u202etxt.exe\u202c', abctxt.exe",
        "'zero\u200bwidth\ufeff', zerowidth",
        "'naïve 日本 🙂', naïve 日本 🙂",
    })
    void shouldLetOnlyVisibleTextThrough(String hostile, String printable) {
        // Given
        String text = hostile;

        // When
        String shown = PrintableText.of(text);

        // Then
        assertThat(shown).isEqualTo(printable);
    }

    @Test
    void shouldLeaveNoControlCharacterWhateverComesIn() {
        // Given
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append((char) (random.nextBoolean() ? random.nextInt(0xA0) : random.nextInt(0x10000)));
        }

        // When
        String shown = PrintableText.of(text);

        // Then
        assertThat(shown.codePoints()
                        .filter(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT))
                .isEmpty();
    }

    @Test
    void shouldCutOrFillToTheWidth() {
        // Given
        String long8 = "🙂🙂🙂🙂🙂🙂🙂🙂";

        // When
        String cut = PrintableText.cell(long8, 5);
        String filled = PrintableText.cell("ab", 5);
        String exact = PrintableText.cell("abcde", 5);

        // Then
        assertThat(cut).isEqualTo("🙂🙂🙂🙂…");
        assertThat(filled).isEqualTo("ab   ");
        assertThat(exact).isEqualTo("abcde");
    }
}
