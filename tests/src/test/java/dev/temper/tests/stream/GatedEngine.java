package dev.temper.tests.stream;

import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** An engine without a model that answers at once, but keeps the requests that a gate is closed for until it opens. */
final class GatedEngine implements GenerationEngine {
    private final Predicate<String> shut;
    private final Map<String, Consumer<GenerationOutcome>> waiting = new LinkedHashMap<>();
    private boolean open;

    /** @param shut which requests wait, by their ids */
    GatedEngine(Predicate<String> shut) {
        this.shut = shut;
    }

    @Override
    public synchronized boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        if (!open && shut.test(request.id())) {
            waiting.put(request.id(), onOutcome);
        } else {
            onOutcome.accept(completed(request.id()));
        }
        return true;
    }

    synchronized void open() {
        open = true;
        waiting.forEach((id, onOutcome) -> onOutcome.accept(completed(id)));
        waiting.clear();
    }

    private static Completed completed(String id) {
        return new Completed(
                id,
                "answer",
                List.of(1),
                List.of("answer"),
                FinishReason.LENGTH,
                Map.of(),
                Map.of("toxic", 0.1),
                new Usage(1, 0, 0, 1, 1, 0, 0, 0),
                new Timings(0, 0, 0, 0, 0));
    }

    @Override
    public boolean cancel(String requestId) {
        return false;
    }

    @Override
    public Identity identity() {
        return new Identity("gated", "0", "gated", "0", Map.of());
    }

    @Override
    public synchronized int inFlight() {
        return waiting.size();
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(0, 0, inFlight(), 0, 0);
    }

    @Override
    public void close() {}
}
