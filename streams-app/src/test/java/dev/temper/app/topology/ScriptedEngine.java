package dev.temper.app.topology;

import dev.temper.app.subspaces.SampleSubspaces;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** An engine that answers when the test says so, with what the test says. */
final class ScriptedEngine implements GenerationEngine {
    static final String SUBSPACE = "toxicity";

    private final Map<String, Consumer<GenerationOutcome>> open = new LinkedHashMap<>();
    final List<GenerationRequest> offered = new ArrayList<>();
    int capacity = Integer.MAX_VALUE;
    boolean closed;
    /** It hangs: what it is told to give up it keeps. */
    boolean hung;
    /** What it was last told to guide by. */
    Map<String, SubspaceVersion> guidedBy = Map.of();

    @Override
    public synchronized boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (open.size() >= capacity) {
            return false;
        }
        offered.add(request);
        if (open.put(request.id(), onOutcome) != null) {
            throw new AssertionError(request.id() + " was offered while it is worked on");
        }
        return true;
    }

    /** Requests that wait for an outcome, oldest first. */
    synchronized List<String> open() {
        return List.copyOf(open.keySet());
    }

    synchronized void complete(String id, String text, double toxicity) {
        give(new Completed(
                id,
                text,
                List.of(5, 6, 7),
                List.of("a", "b", "c"),
                FinishReason.END_OF_SEQUENCE,
                Map.of(SUBSPACE, List.of(0.5, -1.0, 2.0)),
                hashes(),
                Map.of("toxic", toxicity),
                new Usage(11, 2, 0, 3, 4, 30, 1, 0.25),
                new Timings(0.1, 0.2, 0.3, 0.4, 0.35)));
    }

    private Map<String, String> hashes() {
        SubspaceVersion version = guidedBy.get(SUBSPACE);
        return version == null ? Map.of() : Map.of(SUBSPACE, version.hash());
    }

    synchronized void fail(String id, Reason reason) {
        give(new Failed(id, reason, "scripted"));
    }

    private void give(GenerationOutcome outcome) {
        Objects.requireNonNull(open.remove(outcome.requestId()), outcome.requestId())
                .accept(outcome);
    }

    @Override
    public synchronized boolean cancel(String requestId) {
        boolean known = open.containsKey(requestId);
        if (known && !hung) {
            fail(requestId, Reason.CANCELLED);
        }
        return known;
    }

    @Override
    public Identity identity() {
        return new Identity("fake-model", "hash-m", "fake-scorer", "hash-s", Map.of(SUBSPACE, "hash-t"));
    }

    @Override
    public Map<String, SubspaceVersion> configuredSubspaces() {
        return SampleSubspaces.configured();
    }

    @Override
    public void guideBy(Map<String, SubspaceVersion> versions) {
        guidedBy = Map.copyOf(versions);
    }

    @Override
    public synchronized int inFlight() {
        return open.size();
    }

    @Override
    public synchronized EngineStatus status() {
        return new EngineStatus(0, 0, inFlight(), 0, 0);
    }

    @Override
    public synchronized void close() {
        closed = true;
        open().forEach(id -> fail(id, Reason.ENGINE_CLOSED));
    }
}
