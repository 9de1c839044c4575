package dev.temper.benchmarks.pipeline;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The engine without anything around it, given requests so that a fixed number is always in flight. */
final class EngineLoad {
    private EngineLoad() {}

    /**
     * Asks everything and waits for all outcomes.
     *
     * @param concurrent requests in flight; the engine's queue must have room for them
     */
    static Throughput run(GenerationEngine engine, List<GenerationRequest> requests, int concurrent)
            throws InterruptedException {
        Semaphore places = new Semaphore(concurrent);
        AtomicLong tokens = new AtomicLong();
        AtomicReference<GenerationOutcome.@Nullable Failed> failure = new AtomicReference<>();
        long start = System.nanoTime();
        for (GenerationRequest request : requests) {
            places.acquire();
            boolean accepted = engine.offer(request, outcome -> {
                if (outcome instanceof GenerationOutcome.Completed completed) {
                    tokens.addAndGet(completed.usage().outputTokens());
                } else if (outcome instanceof GenerationOutcome.Failed failed) {
                    failure.set(failed);
                }
                places.release();
            });
            if (!accepted) {
                throw new TemperException("the engine's queue is shorter than " + concurrent + " requests");
            }
        }
        places.acquire(concurrent);
        double seconds = (System.nanoTime() - start) / 1e9;
        Optional.ofNullable(failure.get()).ifPresent(failed -> {
            throw new TemperException("the engine failed: " + failed.detail());
        });
        return new Throughput(requests.size(), tokens.get(), seconds);
    }
}
