package dev.temper.training.regularise;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * When each phase of a training began and how long it took, one JSON object a line: what sequential and parallel
 * trainings are compared by. Thread-safe.
 */
final class PhaseTimes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final long start = System.nanoTime();

    PhaseTimes(Path file) {
        this.file = file;
    }

    /** Does the work of a phase, and writes its line when it has ended well. */
    <T> T measure(String phase, int iteration, Supplier<T> work) {
        long began = System.nanoTime();
        T result = work.get();
        String line = JSON.createObjectNode()
                .put("phase", phase)
                .put("iteration", iteration)
                .put("began_seconds", (began - start) / 1e9)
                .put("seconds", (System.nanoTime() - began) / 1e9)
                .toString();
        synchronized (this) {
            try {
                Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new TemperException("cannot write " + file + " (" + e + "); check the disk's space", e);
            }
        }
        return result;
    }
}
