package dev.temper.app.topology;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.policies.PolicyBook;
import dev.temper.runtime.serve.GenerationEngine;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaClientSupplier;

/** What all tasks of one sidecar share. Thread-safe. */
public final class LaneSettings {
    private final SidecarConfig config;
    private final GenerationEngine engine;
    private final Supplier<EventCodec> codecs;
    private final RequestDefaults requestDefaults;
    private final EventMapping mapping;
    private final Intake intake = new Intake();
    private final PolicyBook policies;
    private volatile boolean stopping;

    /** Does not own the engine. */
    public LaneSettings(SidecarConfig config, GenerationEngine engine, Supplier<EventCodec> codecs) {
        this.config = config;
        this.engine = engine;
        this.codecs = codecs;
        GenerationEngine.Identity identity = engine.identity();
        this.requestDefaults = RequestDefaults.of(config, identity);
        this.mapping = new EventMapping(identity);
        this.policies = new PolicyBook(config.policy());
    }

    SidecarConfig config() {
        return config;
    }

    GenerationEngine engine() {
        return engine;
    }

    /** A codec of the caller's own; the caller closes it. */
    EventCodec newCodec() {
        return codecs.get();
    }

    RequestDefaults requestDefaults() {
        return requestDefaults;
    }

    /** What is in force; the policies topic's processor keeps it up to date. */
    PolicyBook policies() {
        return policies;
    }

    OutputWriter newWriter(EventCodec codec) {
        return new OutputWriter(codec, mapping, config);
    }

    Intake intake() {
        return intake;
    }

    /** The clients that Kafka Streams must be given: without them a full inbox would not stop the intake. */
    public KafkaClientSupplier clients() {
        return new HoldingClients(intake);
    }

    /** From here on nothing is taken in or offered to the engine; the inbox keeps what is unanswered. */
    public void stop() {
        stopping = true;
        intake.closed(true);
    }

    boolean stopping() {
        return stopping;
    }
}
