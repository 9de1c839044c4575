package dev.temper.runtime.torch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.temper.runtime.TemperException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses a libtorch that the Java bridge was not built for. Such a library loads without complaint and then reads
 * wrong element types, so the version is read from the files beside it before anything is loaded.
 */
public final class NativeLibrary {
    /** The only libtorch version that this DJL's native bridge works with. */
    public static final String REQUIRED_VERSION = "2.7.1";

    private static final Pattern VERSION = Pattern.compile("(\\d+\\.\\d+\\.\\d+)");

    private NativeLibrary() {}

    /**
     * Checks an installed library that the environment points to; the bundled one always matches.
     *
     * @throws TemperException naming both versions and the cure
     */
    public static void requireMatchingVersion(Map<String, String> environment) {
        String path = environment.get("PYTORCH_LIBRARY_PATH");
        if (path == null || path.isBlank()) {
            return;
        }
        Path folder = Path.of(path.split(File.pathSeparator, 2)[0]).toAbsolutePath();
        if (!Files.isDirectory(folder)) {
            throw new TemperException("PYTORCH_LIBRARY_PATH names " + folder
                    + ", which is no folder; set it to the lib folder of libtorch " + REQUIRED_VERSION);
        }
        String found = installedVersion(folder)
                .or(() -> Optional.ofNullable(environment.get("PYTORCH_VERSION")))
                .orElseThrow(() -> new TemperException("the version of the libtorch in " + folder
                        + " cannot be told; set PYTORCH_VERSION to it (this build needs " + REQUIRED_VERSION + ")"));
        if (!found.startsWith(REQUIRED_VERSION)) {
            throw new TemperException("the libtorch in " + folder + " is version " + found + ", but this build needs "
                    + REQUIRED_VERSION + "; install libtorch " + REQUIRED_VERSION
                    + " there, or unset PYTORCH_LIBRARY_PATH to use the bundled CPU library");
        }
    }

    /** The version that libtorch (`build-version`) or a Python wheel (`version.py`) states beside its lib folder. */
    private static Optional<String> installedVersion(Path libFolder) {
        for (String name : List.of("build-version", "version.py")) {
            Path file = libFolder.resolveSibling(name);
            if (Files.isRegularFile(file)) {
                try {
                    Matcher m = VERSION.matcher(Files.readString(file));
                    if (m.find()) {
                        return Optional.of(m.group(1));
                    }
                } catch (IOException e) {
                    throw new TemperException("cannot read " + file + " to tell the version of libtorch", e);
                }
            }
        }
        return Optional.empty();
    }

    /** The last line of defence: element types and values survive a round trip through the loaded library. */
    static void requireSound(Engine engine) {
        try (NDManager manager = engine.newBaseManager()) {
            NDArray longs = manager.create(new long[] {1L << 40, -7});
            NDArray floats = manager.create(new float[] {0.5f, -2f});
            boolean sound = longs.getDataType() == DataType.INT64
                    && floats.getDataType() == DataType.FLOAT32
                    && longs.toLongArray()[0] == 1L << 40
                    && floats.add(floats).toFloatArray()[1] == -4f;
            if (!sound) {
                throw new TemperException("the loaded libtorch does not fit its Java bridge (element types are read"
                        + " wrongly); this build needs version " + REQUIRED_VERSION);
            }
        }
    }
}
