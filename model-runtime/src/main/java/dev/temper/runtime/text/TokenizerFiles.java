package dev.temper.runtime.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the small files of a Hugging Face folder, with errors that name the file and the cure. */
final class TokenizerFiles {

    /** A name twice in one object would be two things to two readers. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** A vocabulary of a million tokens with its merges is about 60 MB; more is not a tokenizer. */
    private static final long MAX_BYTES = 512L << 20;

    private TokenizerFiles() {}

    /** The bytes of a file that must be there. */
    static byte[] readRequired(Path file, String cure) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new TemperException(file + " is larger than " + (MAX_BYTES >> 20)
                        + " MB and no such file of a model is; check what was put there");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new TemperException(file + " does not exist: " + cure, e);
        } catch (IOException e) {
            throw new TemperException("Cannot read " + file + " (" + e + "); check its permissions", e);
        }
    }

    /** A JSON object, or a missing node when there is no such file. */
    static JsonNode readOptionalJson(Path file) {
        return Files.exists(file) ? parse(file, readRequired(file, "")) : MissingNode.getInstance();
    }

    /** @throws TemperException when the content is not one JSON object */
    static JsonNode parse(Path file, byte[] content) {
        try {
            JsonNode root = JSON.readTree(content);
            if (!root.isObject()) {
                throw new TemperException(file + " does not hold a JSON object; fetch the file again");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new TemperException(
                    file + " is not valid JSON (" + e.getOriginalMessage() + ", line "
                            + e.getLocation().getLineNr() + "); fetch the file again",
                    e);
        } catch (IOException e) {
            throw new TemperException("Cannot read " + file + " (" + e + ")", e);
        }
    }
}
