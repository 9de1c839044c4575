package dev.temper.app.topology;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** How many prompts without an outcome the tasks of this process hold. Thread-safe: each task says its own. */
final class InboxSizes {
    private final Map<TopicPartition, Integer> sizes = new ConcurrentHashMap<>();

    void is(TopicPartition partition, int prompts) {
        sizes.put(partition, prompts);
    }

    /** Its task is somebody else's now. */
    void gone(TopicPartition partition) {
        sizes.remove(partition);
    }

    int inboxes() {
        return sizes.size();
    }

    int sum() {
        return sizes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
