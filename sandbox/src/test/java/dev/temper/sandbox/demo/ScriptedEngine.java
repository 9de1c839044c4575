package dev.temper.sandbox.demo;

import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.Prompt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An engine without a model: what it answers depends on the last message alone. {@code insult} is answered with
 * something toxic, {@code impossible} with a failure, all else with an echo.
 */
final class ScriptedEngine implements GenerationEngine {
    static final String TOXIC = "you \u001b[31mfool\u001b[0m";

    final List<List<ChatMessage>> asked = new CopyOnWriteArrayList<>();
    private final long millisPerAnswer;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger inFlight = new AtomicInteger();

    ScriptedEngine() {
        this(0);
    }

    /** One that takes its time, so that a test can act while prompts are open. */
    ScriptedEngine(long millisPerAnswer) {
        this.millisPerAnswer = millisPerAnswer;
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        inFlight.incrementAndGet();
        thread.execute(() -> {
            pause();
            inFlight.decrementAndGet();
            onOutcome.accept(answer(request));
        });
        return true;
    }

    private void pause() {
        try {
            Thread.sleep(millisPerAnswer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private GenerationOutcome answer(GenerationRequest request) {
        List<ChatMessage> messages = ((Prompt.Chat) request.prompt()).messages();
        asked.add(messages);
        String last = messages.get(messages.size() - 1).content();
        if (last.contains("impossible")) {
            return new GenerationOutcome.Failed(
                    request.id(), GenerationOutcome.Reason.INVALID_PROMPT, "the script refuses it");
        }
        boolean toxic = last.contains("insult");
        return new GenerationOutcome.Completed(
                request.id(),
                toxic ? TOXIC : "echo: " + last,
                List.of(1, 2, 3),
                List.of("a", "b", "c"),
                FinishReason.END_OF_SEQUENCE,
                Map.of(),
                Map.of("toxicity", toxic ? 0.9 : 0.1),
                new GenerationOutcome.Usage(5, 0, 0, 3, 3, 0, 0, 0),
                new GenerationOutcome.Timings(0, 0, 0, 0, 0));
    }

    /** Answers too soon for it to matter. */
    @Override
    public boolean cancel(String requestId) {
        return false;
    }

    @Override
    public Identity identity() {
        return new Identity("scripted", "00", "scripted", "00", Map.of());
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
        thread.shutdown();
    }
}
