package dev.temper.app.observe;

import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** How busy the engine is, asked at each scrape. */
public final class EngineMeters {
    private EngineMeters() {}

    /** Registers the gauges; the registry keeps the engine as long as it lives itself. */
    public static void bind(MeterRegistry meters, GenerationEngine engine) {
        Gauge.builder("moderation.lane.in.flight", engine, GenerationEngine::inFlight)
                .description("Prompts with the engine that have no outcome yet.")
                .strongReference(true)
                .register(meters);
        gauge(meters, engine, "moderation.lane.queue.depth", "Of these, waiting for a slot.", EngineStatus::queued);
        gauge(meters, engine, "moderation.batch.reading", "Of these, whose prompt is read.", EngineStatus::reading);
        gauge(meters, engine, "moderation.batch.size", "Of these, whose answer is written.", EngineStatus::decoding);
        bytes(meters, engine, "moderation.kv.used", "Keys and values held.", EngineStatus::cacheBytesUsed);
        bytes(meters, engine, "moderation.kv.limit", "Room for keys and values.", EngineStatus::cacheBytes);
    }

    private static void gauge(
            MeterRegistry meters,
            GenerationEngine engine,
            String name,
            String description,
            ToDoubleFunction<EngineStatus> value) {
        Gauge.builder(name, engine, busy -> value.applyAsDouble(busy.status()))
                .description(description)
                .strongReference(true)
                .register(meters);
    }

    private static void bytes(
            MeterRegistry meters,
            GenerationEngine engine,
            String name,
            String description,
            ToDoubleFunction<EngineStatus> value) {
        Gauge.builder(name, engine, busy -> value.applyAsDouble(busy.status()))
                .description(description)
                .baseUnit("bytes")
                .strongReference(true)
                .register(meters);
    }
}
