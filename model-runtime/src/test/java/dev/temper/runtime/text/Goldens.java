package dev.temper.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;

/** Reference results that the Python libraries computed, in the test resources under goldens/. */
final class Goldens {

    static final ObjectMapper JSON = new ObjectMapper();

    private Goldens() {}

    static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(Goldens.class.getResource("/goldens/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode read(String name) {
        try {
            return JSON.readTree(folder(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size())
                .map(i -> array.get(i).intValue())
                .toArray();
    }
}
