package dev.temper.tests.stream;

import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A paced engine whose answers have what a guided model's have: margins, token counts and times. */
record MeasuredEngine(PacedEngine paced) implements GenerationEngine {

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        return paced.offer(
                request,
                outcome -> onOutcome.accept(outcome instanceof Completed completed ? measured(completed) : outcome));
    }

    private static Completed measured(Completed answer) {
        return new Completed(
                answer.requestId(),
                answer.text(),
                answer.tokenIds(),
                answer.tokenTexts(),
                answer.finishReason(),
                Map.of("toxicity", List.of(-3.0, 1.5)),
                answer.scores(),
                new Usage(20, 0, 0, 2, 2, 10, 0, 0.02),
                new Timings(0.001, 0.002, 0.003, 0.001, 0.004));
    }

    @Override
    public boolean cancel(String requestId) {
        return paced.cancel(requestId);
    }

    @Override
    public Identity identity() {
        return paced.identity();
    }

    @Override
    public Map<String, SubspaceVersion> configuredSubspaces() {
        Subspace subspace = new Subspace(
                "toxicity",
                new double[] {1},
                0,
                new Subspace.Provenance("paced", "0", "none", 1, 1, 1e-10, 1, Instant.EPOCH),
                new Subspace.Quality(2, 0.5, 0, 1, 0, 1));
        return Map.of("toxicity", new SubspaceVersion(subspace, "0"));
    }

    @Override
    public void guideBy(Map<String, SubspaceVersion> versions) {}

    @Override
    public int inFlight() {
        return paced.inFlight();
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(1, 2, paced.inFlight(), 30, 40);
    }

    @Override
    public void close() {
        paced.close();
    }
}
