package dev.temper.app.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Where a prompt's record stands in Kafka, and the identities that follow from it: whoever works the same record again,
 * after a crash or on another machine, gives its outputs the same ids and its sampler the same seed.
 */
record Origin(String topic, int partition, long offset) {
    private static final int SEED_BITS = 52;

    /** What an identity is for; the names are part of the identities, so they never change. */
    enum Use {
        PROMPT,
        RESULT,
        FLAGGED,
        REJECT,
        SEED
    }

    /** A UUID of version 8 (RFC 9562): the first 122 free bits of a SHA-256. */
    UUID id(Use use) {
        ByteBuffer digest = ByteBuffer.wrap(digest(use));
        long high = digest.getLong() & ~0xF000L | 0x8000L; // version 8
        long low = digest.getLong() & ~(3L << 62) | 1L << 63; // variant 10
        return new UUID(high, low);
    }

    /** The sampler's seed, where a prompt gives none. */
    long seed() {
        return seedOf(digest(Use.SEED));
    }

    /**
     * A hash's first 52 bits. Events carry seeds, and clients whose numbers are doubles must read them exactly: JavaScript's
     * Avro refuses a record with a larger one.
     */
    static long seedOf(byte[] hash) {
        return ByteBuffer.wrap(hash).getLong() >>> (Long.SIZE - SEED_BITS);
    }

    /** Spreads the attempt after so many failures, in [0, 1): another number for each, the same each time. */
    double jitter(int failures) {
        return new SplittableRandom(seed() + failures).nextDouble();
    }

    private byte[] digest(Use use) {
        String name =
                String.join("\0", "temper", topic, Integer.toString(partition), Long.toString(offset), use.name());
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
