package dev.temper.tests.stream;

import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.text.Prompt;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An engine without a model: it answers out of order, after some milliseconds, with a text that follows from prompt and
 * seed and a score that follows from the seed; now and then it fails first. Its queue is short.
 */
public final class PacedEngine implements GenerationEngine {
    static final double FLAGGED_SHARE = 0.25;

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final int size;
    private final int slowestMs;
    private final Semaphore places;
    private final AtomicInteger offers = new AtomicInteger();

    PacedEngine(int size) {
        this(size, 12);
    }

    /**
     * @param size most prompts at a time
     * @param slowestMs milliseconds that the slowest answers take; at least 1
     */
    public PacedEngine(int size, int slowestMs) {
        this.size = size;
        this.slowestMs = slowestMs;
        this.places = new Semaphore(size);
    }

    public static String textOf(String prompt, long seed) {
        return "answer " + Long.toHexString(seed) + " to " + Integer.toHexString(prompt.hashCode());
    }

    public static boolean isToxic(long seed) {
        return new Random(seed).nextDouble() < FLAGGED_SHARE;
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        if (threads.isShutdown()) {
            throw new IllegalStateException("closed");
        }
        if (!places.tryAcquire()) {
            return false;
        }
        int offer = offers.incrementAndGet();
        threads.schedule(
                () -> {
                    places.release();
                    onOutcome.accept(offer % 29 == 0 ? failed(request) : completed(request));
                },
                1 + Math.floorMod(request.seed(), slowestMs),
                TimeUnit.MILLISECONDS);
        return true;
    }

    private static GenerationOutcome failed(GenerationRequest request) {
        return new Failed(request.id(), Reason.DEVICE_ERROR, "now and then");
    }

    private static GenerationOutcome completed(GenerationRequest request) {
        return new Completed(
                request.id(),
                textOf(lastWords(request.prompt()), request.seed()),
                List.of(1, 2),
                List.of("answer ", "it"),
                FinishReason.LENGTH,
                Map.of(),
                Map.of("toxic", isToxic(request.seed()) ? 0.9 : 0.1),
                new Usage(3, 0, 0, 2, 2, 0, 0, 0),
                new Timings(0, 0, 0, 0, 0));
    }

    private static String lastWords(Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            return chat.messages().get(chat.messages().size() - 1).content();
        }
        return ((Prompt.Plain) prompt).text();
    }

    /** Answers too soon for it to matter. */
    @Override
    public boolean cancel(String requestId) {
        return false;
    }

    @Override
    public Identity identity() {
        return new Identity("paced", "0", "paced", "0", Map.of());
    }

    @Override
    public int inFlight() {
        return size - places.availablePermits();
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(0, 0, inFlight(), 0, 0);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
