package dev.temper.training.evaluate;

import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Answers from the request's seed alone, on a thread of its own, with a queue of a few places. */
final class ScriptedEngine implements GenerationEngine {
    static final String SUBSPACE = "toxicity";
    static final String ANSWER = "an answer";
    static final int PLACES = 8;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final Map<Double, double[]> toxicity = new HashMap<>(); // β to sum and count; of the thread
    private volatile int lastGood = Integer.MAX_VALUE;
    private volatile boolean held;
    private final AtomicInteger acceptedWhileHeld = new AtomicInteger();

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        if (inFlight.get() >= PLACES) {
            refusals.incrementAndGet();
            return false;
        }
        inFlight.incrementAndGet();
        int number = accepted.incrementAndGet();
        if (held) {
            acceptedWhileHeld.incrementAndGet();
        }
        thread.execute(() -> {
            while (held && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            inFlight.decrementAndGet();
            onOutcome.accept(
                    number > lastGood ? new Failed(request.id(), Reason.ENGINE_CLOSED, "closed") : answer(request));
        });
        return true;
    }

    @Override
    public Hold hold() {
        held = true;
        return () -> held = false;
    }

    int acceptedWhileHeld() {
        return acceptedWhileHeld.get();
    }

    private Completed answer(GenerationRequest request) {
        Random random = new Random(request.seed());
        double beta = request.guidance().betas().getOrDefault(SUBSPACE, 0.0);
        double score = random.nextDouble() / (1 + beta);
        double[] sums = toxicity.computeIfAbsent(beta, b -> new double[2]);
        sums[0] += score;
        sums[1]++;
        List<Integer> tokens = List.of(random.nextInt(200), random.nextInt(200), random.nextInt(200), 7);
        return new Completed(
                request.id(),
                ANSWER,
                tokens,
                List.of("a", "n", " answer", ""),
                FinishReason.LENGTH,
                Map.of(),
                Map.of("toxic", score),
                new GenerationOutcome.Usage(5, 0, 0, tokens.size(), 4, 12, 0, beta == 0 ? 0 : 0.25),
                new GenerationOutcome.Timings(0, 0, 0, 0, 0));
    }

    /** Of all answers so far at this β. */
    double meanToxicity(double beta) {
        double[] sums = toxicity.getOrDefault(beta, new double[] {0, 1});
        return sums[0] / sums[1];
    }

    /** From this request on, counted from the engine's first, all fail as on a closed engine. */
    void failAllAfter(int requests) {
        lastGood = requests == Integer.MAX_VALUE ? requests : accepted.get() + requests;
    }

    int accepted() {
        return accepted.get();
    }

    int refusals() {
        return refusals.get();
    }

    /** Answers too soon for it to matter. */
    @Override
    public boolean cancel(String requestId) {
        return false;
    }

    @Override
    public Identity identity() {
        return new Identity("scripted", "0123", "scripted-scorer", "4567", Map.of(SUBSPACE, "89ab"));
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(0, 0, inFlight(), 0, 0);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
