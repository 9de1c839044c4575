package dev.temper.app.observe;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;

/**
 * Where measurements and spans go.
 *
 * @param meters what {@code /metrics} shows
 * @param openTelemetry takes the spans; without an SDK it takes none
 */
public record Telemetry(PrometheusMeterRegistry meters, OpenTelemetry openTelemetry) {

    /** A registry of its own, and the OpenTelemetry of this process, which an agent or an SDK may have set. */
    public static Telemetry ofThisProcess() {
        return new Telemetry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), GlobalOpenTelemetry.get());
    }
}
