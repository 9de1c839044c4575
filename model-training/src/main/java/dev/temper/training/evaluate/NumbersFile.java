package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of one β, one prompt a line, so that a killed evaluation goes on where it was. The first line says of which
 * evaluation they are; a line of seconds ends each window of prompts, and what stands after the last such line is of a
 * window that was not finished.
 */
final class NumbersFile {
    // NaN, which short samples have for distinct-3, is written as a text, and read back as a number.
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String EVALUATION = "evaluation";
    private static final String SECONDS = "window_seconds";

    private final Path file;
    private final List<PromptNumbers> numbers = new ArrayList<>();
    private double seconds;

    private NumbersFile(Path file) {
        this.file = file;
    }

    /**
     * Opens the file, or starts it.
     *
     * @param evaluation everything that the numbers depend on
     * @throws TemperException if the file is of another evaluation
     */
    static NumbersFile open(Path file, JsonNode evaluation) {
        NumbersFile opened = new NumbersFile(file);
        try {
            List<String> whole = Files.exists(file) ? opened.read(evaluation) : List.of();
            if (whole.isEmpty()) {
                ObjectNode header = JSON.createObjectNode();
                header.set(EVALUATION, evaluation);
                whole = List.of(JSON.writeValueAsString(header));
            }
            Files.write(file, whole);
            return opened;
        } catch (IOException e) {
            throw opened.unusable(e);
        }
    }

    /** The lines of the windows that were finished. */
    private List<String> read(JsonNode evaluation) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        List<PromptNumbers> window = new ArrayList<>();
        int whole = 0;
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line;
            try {
                line = JSON.readTree(lines.get(i));
            } catch (IOException e) {
                break; // half a line, written when the process was killed
            }
            if (i == 0) {
                if (!line.path(EVALUATION).equals(JSON.readTree(JSON.writeValueAsString(evaluation)))) {
                    throw new TemperException(
                            file + " holds the numbers of another evaluation (other models, prompts or"
                                    + " settings); name another --out folder, or delete it");
                }
                whole = 1;
            } else if (line.has(SECONDS)) {
                numbers.addAll(window);
                window.clear();
                seconds += line.get(SECONDS).doubleValue();
                whole = i + 1;
            } else {
                window.add(JSON.treeToValue(line, PromptNumbers.class));
            }
        }
        return lines.subList(0, whole);
    }

    /** Adds a window and forces it out. */
    void append(List<PromptNumbers> window, double windowSeconds) {
        try (Writer writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND)) {
            for (PromptNumbers prompt : window) {
                writer.write(JSON.writeValueAsString(prompt) + "\n");
            }
            writer.write(JSON.writeValueAsString(JSON.createObjectNode().put(SECONDS, windowSeconds)) + "\n");
        } catch (IOException e) {
            throw unusable(e);
        }
        numbers.addAll(window);
        seconds += windowSeconds;
    }

    private TemperException unusable(IOException e) {
        return new TemperException(
                "cannot read or write " + file + " (" + e.getClass().getSimpleName()
                        + "); check the folder's permissions, or name another --out folder",
                e);
    }

    /** All prompts so far, in their order. */
    List<PromptNumbers> numbers() {
        return List.copyOf(numbers);
    }

    /** Time spent sampling, of all runs together. */
    double seconds() {
        return seconds;
    }
}
