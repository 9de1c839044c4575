package dev.temper.app.moderation.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/**
 * A flagged answer's place in the queue: by time, then by id. Its bytes have the same order.
 *
 * @param at when the answer was complete, epoch milliseconds, not negative
 * @param id the flagged event's id
 */
public record Position(long at, String id) implements Comparable<Position> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})\\.([A-Za-z0-9._-]{1,100})");

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::at).thenComparing(Position::id);

    static final Serde<Position> SERDE =
            Serdes.serdeFrom((topic, position) -> bytes(position), (topic, bytes) -> of(bytes));

    /** Nothing where a range has no end. */
    private static byte @Nullable [] bytes(@Nullable Position position) {
        if (position == null) {
            return null;
        }
        byte[] name = position.id().getBytes(UTF_8);
        return ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(position.at())
                .put(name)
                .array();
    }

    private static Position of(byte[] bytes) {
        long at = ByteBuffer.wrap(bytes).getLong();
        return new Position(at, new String(bytes, Long.BYTES, bytes.length - Long.BYTES, UTF_8));
    }

    /** What {@link #toString()} wrote; nothing where it did not. */
    public static Optional<Position> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new Position(Long.parseLong(parts.group(1)), parts.group(2)))
                : Optional.empty();
    }

    /** Whether an id can stand in a path and a position. */
    public static boolean isId(String id) {
        return TEXT.matcher("0." + id).matches();
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return at + "." + id;
    }
}
