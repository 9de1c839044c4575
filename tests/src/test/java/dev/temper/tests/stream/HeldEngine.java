package dev.temper.tests.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An engine that keeps the outcomes of its first requests until it is told to hand them over. Owns the engine. */
final class HeldEngine implements GenerationEngine {
    private final GenerationEngine engine;
    private final CountDownLatch held = new CountDownLatch(1);
    private Runnable release = () -> {};
    private boolean holds = true;

    HeldEngine(GenerationEngine engine) {
        this.engine = engine;
    }

    /** Until there is one. */
    void awaitHeld() throws InterruptedException {
        assertThat(held.await(2, TimeUnit.MINUTES)).isTrue();
    }

    /** Hands them over, and holds none from now on. */
    synchronized void letGo() {
        holds = false;
        release.run();
        release = () -> {};
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        return engine.offer(request, outcome -> arrive(outcome, onOutcome));
    }

    private synchronized void arrive(GenerationOutcome outcome, Consumer<GenerationOutcome> onOutcome) {
        if (holds) {
            Runnable earlier = release;
            release = () -> {
                earlier.run();
                onOutcome.accept(outcome);
            };
            held.countDown();
        } else {
            onOutcome.accept(outcome);
        }
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

    @Override
    public void close() {
        engine.close();
    }
}
