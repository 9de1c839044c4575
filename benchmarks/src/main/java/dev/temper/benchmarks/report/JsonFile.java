package dev.temper.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Path;

/** Results as a JSON document, each record an object with its components in snake case. */
public final class JsonFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private JsonFile() {}

    /**
     * Writes a result.
     *
     * @throws TemperException if the file cannot be written
     */
    public static void write(Path file, Object result) {
        try {
            JSON.writeValue(file.toFile(), result);
        } catch (IOException e) {
            throw new TemperException("cannot write " + file + " (" + e.getMessage() + ")", e);
        }
    }
}
