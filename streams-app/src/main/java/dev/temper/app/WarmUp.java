package dev.temper.app;

import dev.temper.app.config.EngineConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.text.Prompt;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A first answer, before there are prompts: it pays what the first passes of model and scorer cost once, and shows that
 * the device answers.
 */
public final class WarmUp {
    private static final int TOKENS = 4;

    private WarmUp() {}

    /**
     * Waits for the answer.
     *
     * @throws TemperException if there is none within {@code patience}
     */
    public static void run(GenerationEngine engine, EngineConfig config, Duration patience) {
        GenerationRequest request = new GenerationRequest(
                "warm-up",
                new Prompt.Plain("Hello"),
                config.decoding().with().maxNewTokens(TOKENS).build(),
                config.guidance(),
                0,
                GenerationRequest.PromptOverflow.TRUNCATE_LEFT,
                patience);
        CompletableFuture<GenerationOutcome> answer = new CompletableFuture<>();
        if (!engine.offer(request, answer::complete)) {
            throw failed("its queue is full");
        }
        try {
            GenerationOutcome outcome = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!(outcome instanceof Completed)) {
                throw failed(outcome instanceof Failed failed ? failed.detail() : outcome.toString());
            }
        } catch (TimeoutException e) {
            throw failed("there was no answer within " + patience);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes an answer exceptionally", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("the wait was interrupted");
        }
    }

    private static TemperException failed(String why) {
        return new TemperException("the model did not answer its first prompt: " + why
                + "; check it with temper generate, and the device with temper doctor");
    }
}
