package dev.temper.app.moderation.query;

import dev.temper.app.moderation.store.Position;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** How many answers of a partition nobody has judged. Counting goes through all of them, so a count is used for a while. */
final class OpenAnswers {
    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    private record Counted(long open, long atNanos) {}

    private final Map<Integer, Counted> known = new ConcurrentHashMap<>();

    long count(
            int partition,
            ReadOnlyKeyValueStore<Position, byte[]> queue,
            ReadOnlyKeyValueStore<String, byte[]> verdicts) {
        long now = System.nanoTime();
        Counted last = known.get(partition);
        if (last != null && now - last.atNanos() < FRESH_NANOS) {
            return last.open();
        }
        long open = 0;
        try (KeyValueIterator<Position, byte[]> all = queue.all()) {
            while (all.hasNext()) {
                if (verdicts.get(all.next().key.id()) == null) {
                    open++;
                }
            }
        }
        known.put(partition, new Counted(open, now));
        return open;
    }
}
