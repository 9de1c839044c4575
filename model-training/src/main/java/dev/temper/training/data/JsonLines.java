package dev.temper.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * JSON Lines files, plain or gzipped (told by their first bytes), read line by line. What is not one JSON object of
 * valid UTF-8 is refused with file and line; messages never hold what a line says.
 */
final class JsonLines {
    /** Far above any row of text, and far below what would exhaust memory. */
    private static final int MAX_LINE_BYTES = 16 << 20;

    private static final int GZIP_MAGIC = 0x1f8b;

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private JsonLines() {}

    /** Takes one line's object; complains through the row. */
    interface RowConsumer {
        void accept(JsonRow row);
    }

    /**
     * Reads a whole file. Blank lines are passed over and counted, so that line numbers are an editor's.
     *
     * @throws TemperException if the file is missing, unreadable or without rows, or a line is bad
     */
    static DataFile read(Path file, RowConsumer consumer) {
        MessageDigest sha256 = Sha256.newDigest();
        long rows = 0;
        try (InputStream raw = new BufferedInputStream(new DigestInputStream(Files.newInputStream(file), sha256))) {
            InputStream content = unpacked(raw);
            long line = 0;
            for (byte[] bytes = nextLine(content, file, 1); bytes != null; bytes = nextLine(content, file, line + 1)) {
                line++;
                String text = decode(bytes, file, line);
                if (!text.isBlank()) {
                    consumer.accept(new JsonRow(file, line, parse(text, file, line)));
                    rows++;
                }
            }
            // What follows the gzip stream belongs to the file's hash all the same.
            raw.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (NoSuchFileException e) {
            throw new TemperException("there is no data file " + file + "; check the path", e);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read data file " + file + " (" + e.getMessage() + "); check that it is whole and readable",
                    e);
        }
        if (rows == 0) {
            throw new TemperException("data file " + file + " has no rows; it needs one JSON object a line");
        }
        return new DataFile(file, HexFormat.of().formatHex(sha256.digest()), rows);
    }

    private static InputStream unpacked(InputStream raw) throws IOException {
        raw.mark(2);
        int magic = raw.read() << 8 | raw.read();
        raw.reset();
        return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16)) : raw;
    }

    private static byte @Nullable [] nextLine(InputStream in, Path file, long line) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        for (int b = first; b >= 0 && b != '\n'; b = in.read()) {
            if (bytes.size() == MAX_LINE_BYTES) {
                throw bad(
                        file, line, "is longer than " + (MAX_LINE_BYTES >> 20) + " MiB; write one JSON object a line");
            }
            bytes.write(b);
        }
        return bytes.toByteArray();
    }

    private static String decode(byte[] bytes, Path file, long line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad(file, line, "is not valid UTF-8; save the file as UTF-8");
        }
    }

    private static ObjectNode parse(String text, Path file, long line) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw bad(file, line, "is not a JSON object");
        } catch (JsonProcessingException e) {
            // The parser's own message quotes the text.
            throw bad(
                    file,
                    line,
                    "is not one valid JSON object (column " + e.getLocation().getColumnNr() + ")");
        }
    }

    static TemperException bad(Path file, long line, String complaint) {
        return new TemperException(file + " line " + line + " " + complaint);
    }
}
