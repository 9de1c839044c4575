package dev.temper.app.topology;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.serve.GenerationEngine;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What all tasks of one sidecar share. Thread-safe. */
public final class LaneSettings {
    private final SidecarConfig config;
    private final GenerationEngine engine;
    private final Supplier<EventCodec> codecs;
    private final RequestDefaults requestDefaults;
    private final EventMapping mapping;
    private final AtomicInteger openTasks = new AtomicInteger();
    private volatile boolean stopping;

    /** Does not own the engine. */
    public LaneSettings(SidecarConfig config, GenerationEngine engine, Supplier<EventCodec> codecs) {
        this.config = config;
        this.engine = engine;
        this.codecs = codecs;
        GenerationEngine.Identity identity = engine.identity();
        this.requestDefaults = RequestDefaults.of(config, identity);
        this.mapping = new EventMapping(identity, config.policy().refusal());
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

    OutputWriter newWriter(EventCodec codec) {
        return new OutputWriter(codec, mapping, config);
    }

    void taskOpened() {
        openTasks.incrementAndGet();
    }

    void taskClosed() {
        openTasks.decrementAndGet();
    }

    int openTasks() {
        return openTasks.get();
    }

    /** From here on nothing is offered to the engine and nobody waits for it; the inbox keeps what is unanswered. */
    public void stop() {
        stopping = true;
    }

    boolean stopping() {
        return stopping;
    }
}
