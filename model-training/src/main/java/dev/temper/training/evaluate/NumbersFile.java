package dev.temper.training.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of one system in one suite, one row a line, so that a killed evaluation goes on where it was. The first line
 * says of what they are; a line of seconds ends each window of rows, and what stands after the last such line is of a
 * window that was not finished.
 */
final class NumbersFile<R extends SuiteRow> {
    // NaN, which short samples have for distinct-3, is written as a text, and read back as a number.
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String EVALUATION = "evaluation";
    private static final String SECONDS = "window_seconds";

    private final Path file;
    private final Class<R> rowType;
    private final List<R> rows = new ArrayList<>();
    private double seconds;

    private NumbersFile(Path file, Class<R> rowType) {
        this.file = file;
        this.rowType = rowType;
    }

    /**
     * Opens the file, or starts it.
     *
     * @param evaluation everything that the numbers depend on
     * @throws TemperException if the file is of another evaluation
     */
    static <R extends SuiteRow> NumbersFile<R> open(Path file, JsonNode evaluation, Class<R> rowType) {
        NumbersFile<R> opened = new NumbersFile<>(file, rowType);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
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

    /**
     * Looks whether a file, if there is one, could be opened.
     *
     * @throws TemperException if it is of another evaluation
     */
    static void check(Path file, JsonNode evaluation) {
        NumbersFile<?> looked = new NumbersFile<>(file, SuiteRow.class);
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String header = lines.readLine();
            if (header != null) {
                looked.requireSame(JSON.readTree(header).path(EVALUATION), asWritten(evaluation));
            }
        } catch (JsonProcessingException e) {
            return; // half a line, written when the process was killed
        } catch (IOException e) {
            throw looked.unusable(e);
        }
    }

    /** As it reads back: an int where a long was, for one. */
    private static JsonNode asWritten(JsonNode evaluation) throws JsonProcessingException {
        return JSON.readTree(JSON.writeValueAsString(evaluation));
    }

    /** The lines of the windows that were finished. */
    private List<String> read(JsonNode evaluation) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        List<R> window = new ArrayList<>();
        int whole = 0;
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line;
            try {
                line = JSON.readTree(lines.get(i));
            } catch (IOException e) {
                break; // half a line, written when the process was killed
            }
            if (i == 0) {
                requireSame(line.path(EVALUATION), asWritten(evaluation));
                whole = 1;
            } else if (line.has(SECONDS)) {
                rows.addAll(window);
                window.clear();
                seconds += line.get(SECONDS).doubleValue();
                whole = i + 1;
            } else {
                window.add(JSON.treeToValue(line, rowType));
            }
        }
        return lines.subList(0, whole);
    }

    private void requireSame(JsonNode written, JsonNode wanted) {
        if (!written.equals(wanted)) {
            throw new TemperException(file + " holds numbers of another evaluation (" + difference("", written, wanted)
                    + "); name another --out folder, or delete the file");
        }
    }

    /** The first thing that differs, by its name. */
    private static String difference(String path, JsonNode written, JsonNode wanted) {
        if (written.isObject() && wanted.isObject()) {
            List<String> names = new ArrayList<>();
            wanted.fieldNames().forEachRemaining(names::add);
            written.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                if (!written.path(name).equals(wanted.path(name))) {
                    return difference(path.isEmpty() ? name : path + "." + name, written.path(name), wanted.path(name));
                }
            }
        }
        return "its " + path + " was " + written + " and is now " + wanted;
    }

    /** Adds a window and hands it to the operating system. */
    void append(List<R> window, double windowSeconds) {
        try (Writer writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND)) {
            for (R row : window) {
                writer.write(JSON.writeValueAsString(row) + "\n");
            }
            writer.write(JSON.writeValueAsString(JSON.createObjectNode().put(SECONDS, windowSeconds)) + "\n");
        } catch (IOException e) {
            throw unusable(e);
        }
        rows.addAll(window);
        seconds += windowSeconds;
    }

    private TemperException unusable(IOException e) {
        return new TemperException(
                "cannot read or write " + file + " (" + e.getClass().getSimpleName()
                        + "); check the folder's permissions, or name another --out folder",
                e);
    }

    /** All rows so far, in their order. */
    List<R> rows() {
        return List.copyOf(rows);
    }

    /** Time spent measuring, of all runs together. */
    double seconds() {
        return seconds;
    }
}
