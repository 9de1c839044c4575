package dev.temper.app.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.policies.PolicyBook;
import dev.temper.app.policies.PolicyReading;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the sidecar's {@link PolicyBook} up to date with the policies topic. Only the global stream thread calls it.
 *
 * <p>Streams has the whole topic read, through this processor too, before any task starts: no answer is ever judged by
 * less than what the topic held at start-up. Its store is the table itself, as raw bytes; in memory, so that each start
 * reads the topic anew and depends on no disk.
 */
final class PolicyProcessor implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyProcessor.class);

    private final LaneSettings settings;
    private final EventCodec codec;
    private final String topic;
    private @Nullable ProcessorContext<Void, Void> context;
    private @Nullable KeyValueStore<byte[], byte[]> table;

    PolicyProcessor(LaneSettings settings) {
        this.settings = settings;
        this.codec = settings.newCodec();
        this.topic = settings.config().topics().policies();
    }

    @Override
    public void init(ProcessorContext<Void, Void> opened) {
        context = opened;
        table = opened.getStateStore(ModerationTopology.POLICIES);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (context == null || table == null) {
            throw new IllegalStateException("Streams initialises before it processes");
        }
        long offset = context.recordMetadata().orElseThrow().offset();
        String key = new String(record.key(), UTF_8);
        PolicyReading reading = read(key, record.value());
        if (reading == null) {
            return; // stopping; the next start reads the topic from its beginning
        }
        table.put(record.key(), record.value());
        settings.policies().put(new PolicyBook.Entry(key, offset, reading));
        if (reading instanceof PolicyReading.Invalid invalid) {
            LOG.warn(
                    "policies: the record at offset {} is no valid policy and changes nothing: {}",
                    offset,
                    invalid.reason());
        } else if (reading instanceof PolicyReading.Valid) {
            LOG.info("policies: version '{}' is read (offset {})", key, offset);
        } else {
            LOG.info("policies: a version is withdrawn (offset {})", offset);
        }
    }

    /** Waits for the registry as long as it takes: the thread has nothing else to do, and what is in force stays. */
    private @Nullable PolicyReading read(String key, byte @Nullable [] value) {
        int failures = 0;
        while (!settings.stopping()) {
            try {
                return codec.readPolicy(topic, key, value);
            } catch (RegistryOutageException e) {
                failures++;
                LOG.warn("policies: what is in force stays until the schema registry answers: {}", e.getMessage());
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
