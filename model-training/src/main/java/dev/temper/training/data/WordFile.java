package dev.temper.training.data;

import dev.temper.runtime.TemperException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A list of words in UTF-8: one a line, or in a file that ends in {@code .csv} the first column, below a line of column
 * names. Blank lines are passed over.
 *
 * @param words each once, without blanks around it, in the file's order
 */
public record WordFile(List<String> words, DataFile file) {
    private static final int LONGEST = 200; // characters

    public WordFile {
        words = List.copyOf(words);
    }

    /** @throws TemperException if the file is missing, no UTF-8, has no word, or has a line that is none */
    public static WordFile read(Path path) {
        MessageDigest sha256 = Sha256.newDigest();
        boolean columns = String.valueOf(path.getFileName()).endsWith(".csv");
        Set<String> words = new LinkedHashSet<>();
        long line = 0;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new DigestInputStream(Files.newInputStream(path), sha256), StandardCharsets.UTF_8.newDecoder()))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                String word = columns ? firstColumn(path, line, text) : text.strip();
                if (word.length() > LONGEST) {
                    throw new TemperException(path + " line " + line + " has " + word.length()
                            + " characters, and no word has; a word list has one word a line");
                }
                if (!word.isEmpty() && !(columns && line == 1)) {
                    words.add(word);
                }
            }
        } catch (NoSuchFileException e) {
            throw new TemperException("there is no word list " + path + "; check the path", e);
        } catch (CharacterCodingException e) {
            throw new TemperException(
                    path + " line " + (line + 1) + " or a later one is not valid UTF-8; save the file as UTF-8", e);
        } catch (IOException e) {
            throw new TemperException("cannot read word list " + path + " (" + e.getMessage() + ")", e);
        }
        if (words.isEmpty()) {
            throw new TemperException("word list " + path + " has no word");
        }
        return new WordFile(
                List.copyOf(words), new DataFile(path, HexFormat.of().formatHex(sha256.digest()), line));
    }

    private static String firstColumn(Path path, long line, String text) {
        if (text.startsWith("\"")) {
            throw new TemperException(path + " line " + line
                    + " begins with a quotation mark; save the list without quotes around its first column");
        }
        int end = text.indexOf(',');
        return (end < 0 ? text : text.substring(0, end)).strip();
    }
}
