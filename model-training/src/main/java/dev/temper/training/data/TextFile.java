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
import java.util.function.Consumer;

/** Files of plain text in UTF-8: what language models are trained on and judged by. */
public final class TextFile {
    /** Characters handed over at once, at the end of a line: enough for any context, little enough for any memory. */
    private static final int PASSAGE = 4_000;

    private TextFile() {}

    /**
     * Gives the text to the consumer in passages of whole lines, in order.
     *
     * @return the file's hash and number of lines
     * @throws TemperException if the file is missing, no UTF-8, or blank
     */
    public static DataFile readPassages(Path file, Consumer<String> consumer) {
        MessageDigest sha256 = Sha256.newDigest();
        long lines = 0;
        boolean any = false;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new DigestInputStream(Files.newInputStream(file), sha256), StandardCharsets.UTF_8.newDecoder()))) {
            StringBuilder passage = new StringBuilder();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines++;
                passage.append(line).append('\n');
                if (passage.length() >= PASSAGE) {
                    any |= give(passage, consumer);
                }
            }
            any |= give(passage, consumer);
        } catch (NoSuchFileException e) {
            throw new TemperException("there is no text file " + file + "; check the path", e);
        } catch (CharacterCodingException e) {
            throw new TemperException(
                    file + " line " + (lines + 1) + " or a later one is not valid UTF-8; save the file as UTF-8,"
                            + " unpacked",
                    e);
        } catch (IOException e) {
            throw new TemperException("cannot read text file " + file + " (" + e.getMessage() + ")", e);
        }
        if (!any) {
            throw new TemperException("text file " + file + " is blank");
        }
        return new DataFile(file, HexFormat.of().formatHex(sha256.digest()), lines);
    }

    private static boolean give(StringBuilder passage, Consumer<String> consumer) {
        String text = passage.toString();
        passage.setLength(0);
        if (text.isBlank()) {
            return false;
        }
        consumer.accept(text);
        return true;
    }
}
