package dev.temper.app.observe;

import dev.temper.runtime.serve.GenerationEngine;
import io.opentelemetry.api.trace.Tracer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Watches the prompts of one sidecar. Thread-safe; each {@link PromptWatch} that it gives belongs to one thread. */
public final class PromptObserver {
    private final PromptMeters meters;
    private final Tracer tracer;

    /** @param knownTenant whether metrics may name a tenant; the others are counted together */
    public PromptObserver(Telemetry telemetry, GenerationEngine.Identity engine, Predicate<String> knownTenant) {
        this.meters = new PromptMeters(telemetry, engine, knownTenant);
        this.tracer = telemetry.openTelemetry().getTracer("dev.temper");
    }

    /**
     * A prompt that is new.
     *
     * @param headers the trace context in its headers
     */
    public PromptWatch taken(PromptWatch.Place place, @Nullable TraceContext headers, long nowNanos) {
        meters.received();
        return restored(place, headers, nowNanos, nowNanos);
    }

    /** A prompt that was taken in before, by this process or another. */
    public PromptWatch restored(
            PromptWatch.Place place, @Nullable TraceContext headers, long arrivedNanos, long nowNanos) {
        return new PromptWatch(meters, tracer, place, headers, arrivedNanos, nowNanos);
    }
}
