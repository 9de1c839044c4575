package dev.temper.training.evaluate;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.training.data.PromptRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Answers many prompts several times each, through the engine that serves, so batched as there. Holds the engine
 * until all requests, or as many as fit into its queue, are there: the batches are then the same each time. Waits while the
 * queue is full; asks again, a few times, where failure may pass. Used by one thread.
 */
public final class PromptSampler {
    /** Places in a queue that takes in all of a window's or a round's requests, unless they are very many. */
    public static final int QUEUE = 1 << 14;

    private static final int MOST_TRIES = 3;
    private static final long BACK_OFF_MS = 5;
    private static final long SILENCE_LIMIT_MINUTES = 10;

    private final GenerationEngine engine;

    /** Does not own the engine. */
    public PromptSampler(GenerationEngine engine) {
        this.engine = engine;
    }

    /**
     * All samples of some prompts.
     *
     * @param completed for each prompt the answers that came, in the order of the samples
     * @param failed for each prompt how many samples gave no answer
     * @param seconds from the first request to the last outcome
     */
    public record Samples(List<List<Completed>> completed, int[] failed, double seconds) {}

    /** One request on its way, or its outcome. */
    private record Try(int prompt, int sample, int number) {}

    private record Arrived(Try of, GenerationOutcome outcome) {}

    /**
     * Samples.
     *
     * @throws TemperException if the engine stops answering, or the request itself is wrong
     */
    public Samples sample(
            List<PromptRow> prompts,
            GuidanceParameters guidance,
            DecodingParameters decoding,
            int samplesPerPrompt,
            long seed) {
        Completed[][] completed = new Completed[prompts.size()][samplesPerPrompt];
        BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
        int outstanding = 0;
        long start = System.nanoTime();
        GenerationEngine.Hold hold = engine.hold();
        try {
            for (int p = 0; p < prompts.size(); p++) {
                for (int s = 0; s < samplesPerPrompt; s++) {
                    offer(prompts.get(p), new Try(p, s, 1), guidance, decoding, seed, arrived, hold);
                    outstanding++;
                }
            }
        } finally {
            hold.release();
        }
        int[] failed = new int[prompts.size()];
        while (outstanding > 0) {
            Arrived next = await(arrived);
            Try of = next.of();
            if (next.outcome() instanceof Completed answer) {
                completed[of.prompt()][of.sample()] = answer;
                outstanding--;
            } else if (next.outcome() instanceof Failed failure) {
                if (failure.reason() == GenerationOutcome.Reason.INVALID_PARAMETERS
                        || failure.reason() == GenerationOutcome.Reason.ENGINE_CLOSED) {
                    throw new TemperException("the engine refuses to sample: " + failure.detail());
                }
                if (failure.reason().retriable() && of.number() < MOST_TRIES) {
                    Try again = new Try(of.prompt(), of.sample(), of.number() + 1);
                    offer(prompts.get(of.prompt()), again, guidance, decoding, seed, arrived, hold);
                } else {
                    failed[of.prompt()]++;
                    outstanding--;
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        List<List<Completed>> answers = new ArrayList<>();
        for (Completed[] ofPrompt : completed) {
            List<Completed> came = new ArrayList<>();
            for (Completed answer : ofPrompt) {
                if (answer != null) {
                    came.add(answer);
                }
            }
            answers.add(came);
        }
        return new Samples(answers, failed, seconds);
    }

    private void offer(
            PromptRow prompt,
            Try attempt,
            GuidanceParameters guidance,
            DecodingParameters decoding,
            long seed,
            BlockingQueue<Arrived> arrived,
            GenerationEngine.Hold hold) {
        GenerationRequest request = new GenerationRequest(
                prompt.id() + "#" + attempt.sample(),
                prompt.prompt(),
                decoding,
                guidance,
                seedOf(seed, prompt.id(), attempt.sample()),
                PromptOverflow.TRUNCATE_LEFT,
                null);
        while (!engine.offer(request, outcome -> arrived.add(new Arrived(attempt, outcome)))) {
            hold.release();
            sleep();
        }
    }

    /** The same for every system, so that they are compared on the same draws. */
    private static long seedOf(long seed, String prompt, int sample) {
        return UUID.nameUUIDFromBytes((seed + "/" + sample + "/" + prompt).getBytes(StandardCharsets.UTF_8))
                .getMostSignificantBits();
    }

    private static void sleep() {
        try {
            Thread.sleep(BACK_OFF_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemperException("the evaluation was interrupted", e);
        }
    }

    private static Arrived await(BlockingQueue<Arrived> arrived) {
        try {
            Arrived next = arrived.poll(SILENCE_LIMIT_MINUTES, TimeUnit.MINUTES);
            if (next == null) {
                throw new TemperException("the engine has not answered for " + SILENCE_LIMIT_MINUTES
                        + " minutes; look at its log, and lower its batch");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemperException("the evaluation was interrupted", e);
        }
    }
}
