package dev.temper.app.topology;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions no prompt is taken from for now. A processor cannot refuse a record, and waiting in one would hold up
 * the thread, its other tasks and its poll; so tasks say here that they are full, and {@link HoldingConsumer} fetches
 * nothing for them until they have room. Thread-safe: tasks write, the consumers of all stream threads read.
 */
final class Intake {
    private final Set<TopicPartition> full = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** A task's partition has no room for another poll, or has it again. */
    void full(TopicPartition partition, boolean isFull) {
        if (isFull) {
            full.add(partition);
        } else {
            full.remove(partition);
        }
    }

    /** Nothing is taken in any more, from any partition, or is again. */
    void closed(boolean isClosed) {
        closed = isClosed;
    }

    boolean isHeld(TopicPartition partition) {
        return closed || full.contains(partition);
    }
}
