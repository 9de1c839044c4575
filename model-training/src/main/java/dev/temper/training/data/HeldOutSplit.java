package dev.temper.training.data;

import java.nio.charset.StandardCharsets;

/**
 * Which rows are kept from training, by their text alone: about one in ten. All commands use this one rule, and so does
 * the pre-training of the shipped base model, so a row that judges was never learnt from, in whatever file it stands.
 */
public final class HeldOutSplit {
    /** One row in this many is held out. */
    public static final int ONE_IN = 10;

    private HeldOutSplit() {}

    /** Whether the first byte (0 to 255) of the SHA-256 of the text's UTF-8 bytes is divisible by {@link #ONE_IN}. */
    public static boolean isHeldOut(String text) {
        byte first = Sha256.newDigest().digest(text.getBytes(StandardCharsets.UTF_8))[0];
        return Byte.toUnsignedInt(first) % ONE_IN == 0;
    }
}
