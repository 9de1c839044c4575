package dev.temper.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the sidecar up to date with a topic of versions. Only the global stream thread calls it.
 *
 * <p>Streams has the whole topic read, through this processor too, before any task starts: no prompt is ever answered
 * with less than what the topic held at start-up. Its store is the table itself, as raw bytes; in memory, so that each
 * start reads the topic anew and depends on no disk.
 *
 * @param <R> what a record turns out to be
 */
abstract class FollowedTopic<R> implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedTopic.class);

    private final LaneSettings settings;
    private final EventCodec codec;
    private final String store;
    private @Nullable ProcessorContext<Void, Void> context;
    private @Nullable KeyValueStore<byte[], byte[]> table;

    /** @param store its table's name, and its own in the log */
    FollowedTopic(LaneSettings settings, String store) {
        this.settings = settings;
        this.codec = settings.newCodec();
        this.store = store;
    }

    /**
     * Reads a record.
     *
     * @throws RegistryOutageException if the registry is needed and away
     */
    abstract R read(EventCodec reader, String key, byte @Nullable [] value);

    /** Takes what was read; nothing that it holds may make this throw. */
    abstract void take(String key, long offset, R reading);

    @Override
    public void init(ProcessorContext<Void, Void> opened) {
        context = opened;
        table = opened.getStateStore(store);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (context == null || table == null) {
            throw new IllegalStateException("Streams initialises before it processes");
        }
        long offset = context.recordMetadata().orElseThrow().offset();
        String key = new String(record.key(), UTF_8);
        R reading = read(key, record.value());
        if (reading == null) {
            return; // stopping; the next start reads the topic from its beginning
        }
        table.put(record.key(), record.value());
        take(key, offset, reading);
    }

    /** Waits for the registry as long as it takes: the thread has nothing else to do, and what is in force stays. */
    private @Nullable R read(String key, byte @Nullable [] value) {
        int failures = 0;
        while (!settings.stopping()) {
            try {
                return read(codec, key, value);
            } catch (RegistryOutageException e) {
                failures++;
                LOG.warn("{}: what is in force stays until the schema registry answers: {}", store, e.getMessage());
                pause(settings.config().limits().backoffMs(failures, 0));
            }
        }
        return null;
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        codec.close();
    }
}
