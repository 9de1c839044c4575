package dev.temper.benchmarks.pipeline;

import dev.temper.app.config.SidecarConfig;
import dev.temper.benchmarks.pipeline.ResultClock.Seen;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.sandbox.demo.PromptWriter;
import dev.temper.sandbox.traffic.SamplePrompts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** A client of the sidecar: sends the sample prompts, each in a conversation of its own, and reads the results. */
final class Traffic {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final SidecarConfig config;
    private final List<List<ChatMessage>> prompts;
    private int sent; // ids never repeat

    Traffic(SidecarConfig config) {
        this.config = config;
        this.prompts = SamplePrompts.bundled().stream()
                .map(prompt -> prompt.messages())
                .toList();
    }

    /** Sends as fast as the broker takes them; from the first send to the last result read. */
    Throughput atOnce(int count, MeteredEngine engine) throws InterruptedException {
        long tokensBefore = engine.tokens();
        try (ResultClock clock = new ResultClock(config);
                PromptWriter writer = new PromptWriter(config, Duration.ZERO)) {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                send(writer, i);
            }
            writer.flush();
            clock.await(count, PATIENCE);
            return new Throughput(count, engine.tokens() - tokensBefore, (System.nanoTime() - start) / 1e9);
        }
    }

    /**
     * Sends with random pauses, exponentially distributed, and notes what each prompt waited for beside the engine.
     *
     * @param perSecond prompts a second on average
     * @return milliseconds from sending to reading the committed result, less the engine's own from offer to outcome
     */
    List<Double> addedMs(int count, double perSecond, MeteredEngine engine, SplittableRandom random)
            throws InterruptedException {
        Map<String, Long> sentAt = new HashMap<>();
        try (ResultClock clock = new ResultClock(config);
                PromptWriter writer = new PromptWriter(config, Duration.ZERO)) {
            long due = System.nanoTime();
            for (int i = 0; i < count; i++) {
                due += (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
                for (long left; (left = due - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(left);
                }
                long now = System.nanoTime();
                sentAt.put(send(writer, i), now);
            }
            writer.flush();
            Map<String, Seen> seen = clock.await(count, PATIENCE);
            Map<String, Long> engineNanos = engine.nanosById();
            List<Double> added = new ArrayList<>();
            sentAt.forEach((id, at) -> {
                Seen result = seen.get(id);
                Long inEngine = result == null ? null : engineNanos.get(result.request());
                if (result == null || inEngine == null) {
                    throw new IllegalStateException("the result of a prompt cannot be matched with its request");
                }
                added.add((result.nanos() - at - inEngine) / 1e6);
            });
            return added;
        }
    }

    private String send(PromptWriter writer, int i) {
        String id = "bench-" + sent++;
        writer.send(id, id, prompts.get(i % prompts.size()));
        return id;
    }
}
