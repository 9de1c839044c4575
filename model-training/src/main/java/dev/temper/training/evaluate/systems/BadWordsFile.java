package dev.temper.training.evaluate.systems;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lists of texts that must not be generated: one a line, UTF-8; blank lines are passed over. */
final class BadWordsFile {
    private BadWordsFile() {}

    /** @throws TemperException if the file cannot be read, or lists nothing */
    static List<String> read(Path file) {
        try {
            List<String> words = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .distinct()
                    .toList();
            if (words.isEmpty()) {
                throw new TemperException("the list of bad words " + file + " is empty; it needs one a line");
            }
            return words;
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read the list of bad words " + file + " ("
                            + e.getClass().getSimpleName() + "); check the path, and that it is UTF-8",
                    e);
        }
    }
}
