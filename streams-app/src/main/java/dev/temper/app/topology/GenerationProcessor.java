package dev.temper.app.topology;

import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Where Kafka Streams meets the flow of prompts. Owned by one task; only its stream thread calls it.
 *
 * <p>Streams may close a task and initialise the same object again (a rebalance that comes back, a task revived after a
 * broker's outage), with another content of the inbox. So everything that a task knows lives in a {@link PromptFlow},
 * which is made anew each time.
 */
final class GenerationProcessor implements Processor<byte[], byte[], byte[], Output> {
    /** How often finished outcomes are looked for, where the thread is idle. */
    static final Duration PUNCTUATION = Duration.ofMillis(10);

    private final LaneSettings settings;
    private @Nullable PromptFlow flow;

    GenerationProcessor(LaneSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], Output> context) {
        PromptFlow opened = new PromptFlow(settings, context, context.getStateStore(ModerationTopology.INBOX));
        flow = opened;
        // Nothing can be forwarded in here; the first punctuation starts what was restored.
        context.schedule(PUNCTUATION, PunctuationType.WALL_CLOCK_TIME, now -> opened.look());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Objects.requireNonNull(flow, "Streams initialises before it processes").take(record);
    }

    @Override
    public void close() {
        PromptFlow open = flow;
        flow = null;
        if (open != null) {
            open.close();
        }
    }
}
