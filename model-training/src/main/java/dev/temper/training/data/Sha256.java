package dev.temper.training.data;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every JDK has. */
public final class Sha256 {
    private Sha256() {}

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Hash of a small file's bytes, hexadecimal.
     *
     * @throws TemperException if it cannot be read
     */
    public static String of(Path file) {
        try {
            return HexFormat.of().formatHex(newDigest().digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read " + file + " (" + e.getClass().getSimpleName() + "); check the path", e);
        }
    }
}
