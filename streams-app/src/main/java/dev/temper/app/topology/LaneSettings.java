package dev.temper.app.topology;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.observe.EngineMeters;
import dev.temper.app.observe.PromptObserver;
import dev.temper.app.observe.Telemetry;
import dev.temper.app.policies.PolicyBook;
import dev.temper.app.subspaces.SubspaceBook;
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
    private final SubspaceBook subspaces;
    private final DeviceBreaker breaker;
    private final InboxSizes inboxes = new InboxSizes();
    private final PromptObserver observer;
    private volatile boolean stopping;

    /** With measurements that nobody looks at. */
    public LaneSettings(SidecarConfig config, GenerationEngine engine, Supplier<EventCodec> codecs) {
        this(config, engine, codecs, Telemetry.ofThisProcess());
    }

    /** Does not own the engine. */
    public LaneSettings(
            SidecarConfig config, GenerationEngine engine, Supplier<EventCodec> codecs, Telemetry telemetry) {
        this.config = config;
        this.engine = engine;
        this.codecs = codecs;
        this.breaker = new DeviceBreaker(config.limits().breaker());
        GenerationEngine.Identity identity = engine.identity();
        this.requestDefaults = RequestDefaults.of(config, identity);
        this.mapping = new EventMapping(identity);
        this.policies = new PolicyBook(config.policy());
        this.subspaces = new SubspaceBook(engine.configuredSubspaces());
        this.observer = new PromptObserver(telemetry, identity, policies::hasOwn);
        EngineMeters.bind(telemetry.meters(), engine);
    }

    SidecarConfig config() {
        return config;
    }

    /** A lane of the caller's own; the caller closes it. */
    GpuLane newLane() {
        return new GpuLane(engine, breaker, config.limits());
    }

    /** What the attempts of late say of the device. */
    public DeviceHealth deviceHealth() {
        return breaker.health();
    }

    /** To be told now and then what the time is: intake stops while the device is believed to be gone. */
    void holdIntakeForDevice(long nowMs) {
        intake.closed(stopping || breaker.stopsIntake(nowMs));
    }

    /** A codec of the caller's own; the caller closes it. */
    EventCodec newCodec() {
        return codecs.get();
    }

    RequestDefaults requestDefaults() {
        return requestDefaults;
    }

    /** What is in force; the policies topic's processor keeps it up to date. */
    public PolicyBook policies() {
        return policies;
    }

    /** Which subspaces are in force; the subspaces topic's processor keeps it, and the engine, up to date. */
    public SubspaceBook subspaces() {
        return subspaces;
    }

    SubspaceProcessor newSubspaceProcessor() {
        return new SubspaceProcessor(this, engine);
    }

    OutputWriter newWriter(EventCodec codec) {
        return new OutputWriter(codec, mapping, config);
    }

    Intake intake() {
        return intake;
    }

    /** Measures prompts on their way. */
    PromptObserver observer() {
        return observer;
    }

    /** How many prompts each task holds. */
    InboxSizes inboxes() {
        return inboxes;
    }

    /** How many prompts have been taken in here and have no outcome yet. */
    public int promptsInInboxes() {
        return inboxes.sum();
    }

    /** How many prompts the inboxes of this process may hold: none before it has a partition. */
    public int roomInInboxes() {
        return inboxes.inboxes() * config.limits().maxInbox();
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

    /** Whether {@link #stop} was called. */
    public boolean stopping() {
        return stopping;
    }
}
