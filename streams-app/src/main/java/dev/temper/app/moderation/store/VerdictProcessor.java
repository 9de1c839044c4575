package dev.temper.app.moderation.store;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the table of verdicts as the topic has it, readable or not. Only the global stream thread calls it. */
final class VerdictProcessor implements Processor<String, byte[], Void, Void> {
    private @Nullable KeyValueStore<String, byte[]> table;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        table = context.getStateStore(PageTopology.VERDICTS);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (table != null && record.key() != null) {
            table.put(record.key(), record.value());
        }
    }
}
