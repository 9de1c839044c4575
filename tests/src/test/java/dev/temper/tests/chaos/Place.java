package dev.temper.tests.chaos;

import dev.temper.schemas.event.SourceCoordinates;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Where a prompt stands, and what follows from it: the rules of the contract, written down a second time. */
record Place(String topic, int partition, long offset) {

    static Place of(SourceCoordinates source) {
        return new Place(source.getTopic(), source.getPartition(), source.getOffset());
    }

    /** The sampler's seed where a prompt gives none: the first 13 digits, 52 bits, of the hash. */
    long seed() {
        return Long.parseLong(hash("SEED").substring(0, 13), 16);
    }

    /** A UUID of the hash's first 16 bytes, with version 8 and the variant of RFC 9562 put in. */
    String eventId(String use) {
        String hash = hash(use);
        String variant = Integer.toHexString(Character.digit(hash.charAt(16), 16) & 3 | 8);
        return String.join(
                "-",
                hash.substring(0, 8),
                hash.substring(8, 12),
                "8" + hash.substring(13, 16),
                variant + hash.substring(17, 20),
                hash.substring(20, 32));
    }

    private String hash(String use) {
        String name = "temper\0" + topic + "\0" + partition + "\0" + offset + "\0" + use;
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
