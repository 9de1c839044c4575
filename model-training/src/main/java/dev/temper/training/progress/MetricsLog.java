package dev.temper.training.progress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A training's numbers, one JSON object a line, each with its step: what loss curves are drawn from. */
public final class MetricsLog implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Writer writer;

    private MetricsLog(Path file, Writer writer) {
        this.file = file;
        this.writer = writer;
    }

    /** Opens the file; lines of later steps, which a killed training wrote after its last checkpoint, are dropped. */
    public static MetricsLog continueAfter(Path file, long step) {
        try {
            List<String> kept = new ArrayList<>();
            if (step > 0 && Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    JsonNode node = parseOrNull(line);
                    if (node != null && node.path("step").asLong(Long.MAX_VALUE) <= step) {
                        kept.add(line);
                    }
                }
            }
            Files.write(file, kept);
            return new MetricsLog(file, Files.newBufferedWriter(file, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** A kill may leave half a line at the end. */
    private static @org.jspecify.annotations.Nullable JsonNode parseOrNull(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            return null;
        }
    }

    public void write(long step, Consumer<ObjectNode> numbers) {
        ObjectNode line = JSON.createObjectNode().put("step", step);
        numbers.accept(line);
        try {
            writer.write(line + "\n");
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    public void flush() {
        try {
            writer.flush();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static TemperException unwritable(Path file, IOException e) {
        return new TemperException("cannot write " + file + " (" + e + "); check the disk's space and permissions", e);
    }
}
