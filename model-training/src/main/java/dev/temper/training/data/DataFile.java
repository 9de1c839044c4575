package dev.temper.training.data;

import java.nio.file.Path;

/**
 * A data file that was read to its end.
 *
 * @param path where it lies
 * @param sha256 hash of the file's bytes, as they lie on disk, hexadecimal
 * @param rows rows read
 */
public record DataFile(Path path, String sha256, long rows) {

    /** The file's name without its folder: what reports show. */
    public String name() {
        return String.valueOf(path.getFileName());
    }
}
