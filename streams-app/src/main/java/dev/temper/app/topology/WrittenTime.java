package dev.temper.app.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A prompt's time is its record's. Records of old clients may have none, which is a negative number: Streams' default
 * would end the thread over one of them, here it is the beginning of time.
 */
final class WrittenTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }
}
