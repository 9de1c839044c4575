package dev.temper.app.topology;

import dev.temper.app.topology.PromptReading.Rejection;
import java.util.List;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * What leaves for a prompt.
 *
 * @param records ready to be forwarded, all or none
 * @param rejection why it got no answer; absent where it got one
 */
record Departure(
        List<Record<byte[], Output>> records, @Nullable Rejection rejection) {}
