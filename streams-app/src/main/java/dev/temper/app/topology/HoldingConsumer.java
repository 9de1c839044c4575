package dev.temper.app.topology;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A stream thread's consumer that polls, as it must to stay in the group, but gets nothing from partitions that the
 * {@link Intake} holds. Streams pauses and resumes partitions for reasons of its own; a partition flows when neither
 * wants it still. Its stream thread alone calls it.
 */
final class HoldingConsumer extends KafkaConsumer<byte[], byte[]> {
    private final Intake intake;
    private final Set<TopicPartition> pausedByStreams = new HashSet<>();
    private final Set<TopicPartition> held = new HashSet<>();

    HoldingConsumer(Map<String, Object> settings, Intake intake) {
        super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.intake = intake;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        hold();
        return super.poll(timeout);
    }

    private void hold() {
        Set<TopicPartition> assigned = assignment();
        held.retainAll(assigned);
        pausedByStreams.retainAll(assigned);
        for (TopicPartition partition : assigned) {
            if (intake.isHeld(partition)) {
                held.add(partition);
                super.pause(Set.of(partition)); // each time: an assignment renewed begins to flow
            } else if (held.remove(partition) && !pausedByStreams.contains(partition)) {
                super.resume(Set.of(partition));
            }
        }
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        pausedByStreams.addAll(partitions);
        super.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        pausedByStreams.removeAll(partitions);
        Set<TopicPartition> free = new HashSet<>(partitions);
        free.removeIf(intake::isHeld);
        held.addAll(partitions);
        held.removeAll(free);
        super.resume(free);
    }
}
