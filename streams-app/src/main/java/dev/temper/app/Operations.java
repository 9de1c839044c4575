package dev.temper.app;

import dev.temper.app.admin.AdminServer;
import dev.temper.app.admin.Answer;
import dev.temper.app.admin.Request;
import dev.temper.app.admin.Route;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.moderation.ModerationPage;
import dev.temper.app.observe.Telemetry;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What operators look at: probes, metrics and the server that shows them. Opened before the model is loaded, so that
 * probes have somebody to ask from the first second; given to {@link Sidecar#start}; closed last. Thread-safe.
 */
public final class Operations implements AutoCloseable {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";
    private static final String PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Telemetry telemetry;
    private final Health health;
    private final @Nullable DependencyWatch dependencies;
    private final @Nullable AdminServer server;
    private final ProcessMeters processMeters;
    private volatile @Nullable ModerationPage page;

    private Operations(Telemetry telemetry, @Nullable DependencyWatch dependencies, @Nullable AdminServer server) {
        this.telemetry = telemetry;
        this.dependencies = dependencies;
        this.server = server;
        this.health = new Health(dependencies == null ? List::of : dependencies::findings);
        this.processMeters = ProcessMeters.bind(telemetry.meters());
        HealthMeters.bind(telemetry.meters(), health);
    }

    /**
     * Opens what the configuration asks for.
     *
     * @param environment an environment variable's value by its name, null where it is not set
     * @throws TemperException if the server cannot listen, or the token that it shall ask for is missing
     */
    public static Operations open(SidecarConfig config, Function<String, @Nullable String> environment) {
        if (!config.admin().enabled()) {
            return hidden();
        }
        AdminServer server = AdminServer.start(config.admin(), environment);
        DependencyWatch watch = DependencyWatch.start(config, config.admin().checkIntervalMs());
        Operations operations = new Operations(Telemetry.ofThisProcess(), watch, server);
        operations.serve(server);
        return operations;
    }

    /** Measures, but shows it to nobody. */
    public static Operations hidden() {
        return new Operations(Telemetry.ofThisProcess(), null, null);
    }

    private void serve(AdminServer admin) {
        admin.serve(Route.get("/livez", request -> health.live()).forEveryone());
        admin.serve(Route.get("/readyz", request -> health.ready()).forEveryone());
        admin.serve(Route.get("/startupz", request -> health.startup()).forEveryone());
        admin.serve(Route.get("/metrics", this::metrics));
    }

    private Answer metrics(Request request) {
        String type = request.header("Accept").contains(OPEN_METRICS) ? OPEN_METRICS_TYPE : PROMETHEUS_TYPE;
        ByteArrayOutputStream text = new ByteArrayOutputStream(1 << 16);
        try {
            telemetry.meters().scrape(text, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Answer(200, type, text.toByteArray());
    }

    /**
     * Opens the moderation page, where there is a server and the configuration wants one. Cluster and topics are there
     * by now.
     *
     * @return where a person on this machine opens it; nothing where there is none
     */
    public Optional<String> openModerationPage(SidecarConfig config) {
        if (server == null || !config.moderation().enabled()) {
            return Optional.empty();
        }
        page = ModerationPage.start(config, server, telemetry.meters(), new ThreadReplacement())
                .orElse(null);
        return Optional.of(server.urlHere() + ModerationPage.PATH);
    }

    /** Closes the page, where it is open; whoever must end in time does it before all else is closed. */
    public void closeModerationPage() {
        ModerationPage open = page;
        if (open != null) {
            open.close();
        }
    }

    /** Where the server is found from this machine; nothing where there is none. */
    public Optional<String> url() {
        return Optional.ofNullable(server).map(AdminServer::urlHere);
    }

    /** What was measured so far. */
    public PrometheusMeterRegistry meters() {
        return telemetry.meters();
    }

    /** The model is loaded and has answered a first prompt. */
    public void modelIsWarm(GenerationEngine engine) {
        health.modelIsWarm(engine.identity().modelId());
    }

    Telemetry telemetry() {
        return telemetry;
    }

    Health health() {
        return health;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        closeModerationPage();
        if (dependencies != null) {
            dependencies.close();
        }
        processMeters.close();
        telemetry.meters().close();
    }
}
