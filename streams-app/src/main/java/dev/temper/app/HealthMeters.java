package dev.temper.app;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import java.util.Locale;

/** What the probes say, as gauges: looked up at each scrape, so that a state which ended leaves no series behind. */
final class HealthMeters {
    private HealthMeters() {}

    static void bind(PrometheusMeterRegistry meters, Health health) {
        GaugeWithCallback.builder()
                .name("moderation_readiness")
                .help("1 for the state that the sidecar is in; only ready is well.")
                .labelNames("state")
                .callback(to -> {
                    Readiness.State now = health.readiness().state();
                    for (Readiness.State state : Readiness.State.values()) {
                        to.call(state == now ? 1 : 0, state.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(meters.getPrometheusRegistry());
        GaugeWithCallback.builder()
                .name("moderation_dependency_up")
                .help("1 where the broker, a topic or the registry is as it must be.")
                .labelNames("subject")
                .callback(to -> health.dependencies().forEach(seen -> to.call(seen.ok() ? 1 : 0, seen.subject())))
                .register(meters.getPrometheusRegistry());
    }
}
