package dev.temper.app.moderation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.query.Questions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The last minute's numbers, asked for once for all readers of the feed. Thread-safe. */
final class Pulse {
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final Questions questions;
    private @Nullable ObjectNode last;
    private long atNanos;

    Pulse(Questions questions) {
        this.questions = questions;
    }

    synchronized ObjectNode lastMinute(String authorization) {
        ObjectNode known = last;
        if (known == null || System.nanoTime() - atNanos > FRESH_NANOS) {
            known = questions.lastMinute(authorization);
            last = known;
            atNanos = System.nanoTime();
        }
        return known;
    }
}
