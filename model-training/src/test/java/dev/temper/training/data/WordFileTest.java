package dev.temper.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path write(String name, String content) throws IOException {
        return Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldReadAWordALine() throws IOException {
        WordFile list = WordFile.read(write("list.txt", "one\n two words \n\none\r\nthree, four"));

        assertThat(list.words()).containsExactly("one", "two words", "three, four");
        assertThat(list.file().rows()).isEqualTo(5);
        assertThat(list.file().sha256()).hasSize(64);
    }

    @Test
    void shouldReadTheFirstColumnOfATableWhateverEndsItsLines() throws IOException {
        WordFile list = WordFile.read(write("list.csv", "ngram,prob\rone,0.5\rtwo words,1"));

        assertThat(list.words()).containsExactly("one", "two words");
    }

    @Test
    void shouldRefuseWhatIsNoList() throws IOException {
        assertRefused(write("blank.txt", "\n \n"), "has no word");
        assertRefused(write("head.csv", "word,severity\n"), "has no word");
        assertRefused(write("latin.txt", "one\nd\u00e9j\u00e0\n"), "is not valid UTF-8");
        assertRefused(write("prose.txt", "one\n" + "x".repeat(300)), "line 2 has 300 characters");
        assertRefused(write("quoted.csv", "word\n\"a, b\",1\n"), "line 2 begins with a quotation mark");
        assertRefused(folder.resolve("absent.txt"), "there is no word list");
    }

    private static void assertRefused(Path file, String why) {
        assertThatThrownBy(() -> WordFile.read(file))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(why);
    }
}
