package dev.temper.benchmarks.pipeline;

import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * An engine that notes what it is asked and how long it takes, so that the same can be asked of the engine alone and its
 * time can be taken from the pipeline's. Thread-safe. Does not own the engine.
 */
final class MeteredEngine implements GenerationEngine {
    private final GenerationEngine engine;
    private final List<GenerationRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Long> nanosById = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();

    MeteredEngine(GenerationEngine engine) {
        this.engine = engine;
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        long offered = System.nanoTime();
        boolean accepted = engine.offer(request, outcome -> {
            nanosById.put(request.id(), System.nanoTime() - offered);
            if (outcome instanceof GenerationOutcome.Completed completed) {
                tokens.addAndGet(completed.usage().outputTokens());
            }
            onOutcome.accept(outcome);
        });
        if (accepted) {
            requests.add(request);
        }
        return accepted;
    }

    /** What was accepted, in that order. */
    List<GenerationRequest> requests() {
        return List.copyOf(requests);
    }

    /** Nanoseconds from offer to outcome, by the request's id. */
    Map<String, Long> nanosById() {
        return Map.copyOf(nanosById);
    }

    /** Tokens generated. */
    long tokens() {
        return tokens.get();
    }

    @Override
    public boolean cancel(String requestId) {
        return engine.cancel(requestId);
    }

    @Override
    public Identity identity() {
        return engine.identity();
    }

    @Override
    public Map<String, SubspaceVersion> configuredSubspaces() {
        return engine.configuredSubspaces();
    }

    @Override
    public void guideBy(Map<String, SubspaceVersion> versions) {
        engine.guideBy(versions);
    }

    @Override
    public int inFlight() {
        return engine.inFlight();
    }

    @Override
    public EngineStatus status() {
        return engine.status();
    }

    /** Leaves the engine open for the next measurement. */
    @Override
    public void close() {}
}
