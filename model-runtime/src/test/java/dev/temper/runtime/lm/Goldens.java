package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Finds golden folders among the test resources, and copies them where a test may spoil them. */
public final class Goldens {
    private Goldens() {}

    /** A folder below {@code goldens/}, {@code models/llama2} for one. */
    public static Path folder(String name) {
        try {
            return Path.of(Goldens.class.getResource("/goldens/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new TemperException("no golden folder " + name, e);
        }
    }

    /** A copy without the large golden values. */
    public static Path copy(String name, Path target) {
        try (Stream<Path> files = Files.list(folder(name))) {
            Files.createDirectories(target);
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith("golden")) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
