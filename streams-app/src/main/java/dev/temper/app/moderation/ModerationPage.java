package dev.temper.app.moderation;

import dev.temper.app.admin.AdminServer;
import dev.temper.app.admin.Answer;
import dev.temper.app.admin.Request;
import dev.temper.app.admin.Route;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.moderation.query.Address;
import dev.temper.app.moderation.query.Cluster;
import dev.temper.app.moderation.query.Memory;
import dev.temper.app.moderation.query.Questions;
import dev.temper.app.moderation.store.Events;
import dev.temper.app.moderation.store.Intake;
import dev.temper.app.moderation.store.PageTopology;
import dev.temper.app.observe.KafkaMeters;
import dev.temper.schemas.event.ReviewVerdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moderation page on an admin server, with the Kafka Streams application that remembers for it. The service does not
 * depend on it: it is another consumer group, with a thread and a state of its own, and when it fails the page says so.
 * Thread-safe.
 */
public final class ModerationPage implements AutoCloseable {
    /** Where the page is, below the server's address. */
    public static final String PATH = Assets.PATH;

    private static final Logger LOG = LoggerFactory.getLogger(ModerationPage.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /** Whether the page can answer. */
    enum State {
        RUNNING,
        /** It starts, or partitions move; the other instances answer. */
        REBALANCING,
        ENDED;

        static State of(KafkaStreams.State state) {
            return switch (state) {
                case RUNNING -> RUNNING;
                case CREATED, REBALANCING -> REBALANCING;
                default -> ENDED;
            };
        }
    }

    private final KafkaStreams streams;
    private final Intake intake;
    private final VerdictDesk desk;
    private final KafkaMeters kafka;

    private ModerationPage(
            SidecarConfig config,
            AdminServer server,
            PrometheusMeterRegistry meters,
            StreamsUncaughtExceptionHandler handler) {
        Supplier<Events> events = Events.factory(config);
        Address self = Address.of(config.moderation().advertisedUrl(), server.url());
        intake = new Intake(events);
        StreamsBuilder builder = new StreamsBuilder();
        PageTopology.build(builder, config, intake);
        streams = new KafkaStreams(builder.build(), PageSettings.of(config, self));
        streams.setUncaughtExceptionHandler(handler);
        streams.setStateListener((now, before) -> LOG.info("the moderation page: {} -> {}", before, now));
        Memory memory = new Memory(streams, config, events);
        Cluster cluster = new Cluster(streams, memory, self, config.topics().flagged());
        int mostMinutes = Math.toIntExact(
                Duration.ofHours(config.moderation().retentionHours()).toMinutes());
        Questions questions = new Questions(cluster, memory, mostMinutes, System::currentTimeMillis);
        desk = new VerdictDesk(config, events.get(), verdict -> published(meters, verdict));
        Pulse pulse = new Pulse(questions);
        new PageApi(
                        questions,
                        desk,
                        request -> new Feed(
                                config,
                                events,
                                memory,
                                () -> pulse.lastMinute(request.header("Authorization")),
                                PageApi.place(request)))
                .serve(server);
        bind(meters, server);
        kafka = KafkaMeters.bind(meters, streams, "page");
    }

    /**
     * Serves the page, and starts to remember; returns before it has caught up. Where it cannot start, the log and the page
     * say so.
     *
     * @param handler what follows when the stream thread dies
     * @return nothing where it cannot start
     */
    public static Optional<ModerationPage> start(
            SidecarConfig config,
            AdminServer server,
            PrometheusMeterRegistry meters,
            StreamsUncaughtExceptionHandler handler) {
        serveFiles(server);
        try {
            ModerationPage page = new ModerationPage(config, server, meters, handler);
            page.streams.start();
            return Optional.of(page);
        } catch (KafkaException e) {
            LOG.error("the moderation page does not start; the service does not need it: {}", e.getMessage());
            server.serve(Route.get("/api/v1/", ModerationPage::missing).andBelow());
            return Optional.empty();
        }
    }

    private static Answer missing(Request request) {
        return Answer.error(503, "the moderation page did not start; the service's log says why");
    }

    static void serveFiles(AdminServer server) {
        Assets assets = new Assets();
        Route toPage = Route.get("/", request -> Answer.redirect(Assets.PATH)).forEveryone();
        server.serve(toPage);
        server.serve(Route.get("/moderation", toPage.endpoint()).forEveryone());
        server.serve(
                Route.get(Assets.PATH, assets::answer).andBelow().forEveryone().unhurried());
    }

    private void bind(PrometheusMeterRegistry meters, AdminServer server) {
        GaugeWithCallback.builder()
                .name("moderation_page_state")
                .help("1 for the state of the moderation page's application; only running is well.")
                .labelNames("state")
                .callback(to -> {
                    State now = State.of(streams.state());
                    for (State state : State.values()) {
                        to.call(state == now ? 1 : 0, state.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(meters.getPrometheusRegistry());
        Gauge.builder("moderation.page.readers", server, AdminServer::openStreams)
                .description("Pages that follow the feed of events.")
                .strongReference(true)
                .register(meters);
        FunctionCounter.builder("moderation.page.unreadable", intake, Intake::unreadable)
                .description("Records that the moderation page passed over since it could not read them.")
                .register(meters);
        for (ReviewVerdict verdict : ReviewVerdict.values()) {
            if (verdict != ReviewVerdict.UNKNOWN) {
                counter(meters, verdict);
            }
        }
    }

    private static Counter counter(PrometheusMeterRegistry meters, ReviewVerdict verdict) {
        return Counter.builder("moderation.verdicts")
                .description("Reviewers' verdicts that were published here.")
                .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    private static void published(PrometheusMeterRegistry meters, ReviewVerdict verdict) {
        counter(meters, verdict).increment();
    }

    /** Leaves the group at once, so that the other instances take its part over. A second time nothing happens. */
    @Override
    public void close() {
        intake.stop();
        kafka.close();
        desk.close();
        CloseOptions leaving = CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE);
        if (!streams.close(leaving)) {
            LOG.warn("the moderation page did not stop within {}; its state is restored at the next start", CLOSE);
        }
    }
}
