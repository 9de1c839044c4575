package dev.temper.app.moderation.store;

import dev.temper.schemas.serde.SerdeFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the page's tasks share: how events are read, and what could not be. Thread-safe. */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** Then the thread is replaced: it must not stay away from its group for ever. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Supplier<Events> events;
    private final AtomicLong unreadable = new AtomicLong();
    private volatile boolean stopping;

    /** @param events makes a reader for each task */
    public Intake(Supplier<Events> events) {
        this.events = events;
    }

    Events events() {
        return events.get();
    }

    /** Records that were passed over since they could not be read. */
    public long unreadable() {
        return unreadable.get();
    }

    /** Nothing is waited for any more. */
    public void stop() {
        stopping = true;
    }

    /**
     * What a record holds. While the registry is away it waits: the page has nothing else to do.
     *
     * @param place names the record in the log
     * @return nothing where the record is at fault
     */
    <T> Optional<T> read(Events reader, String place, Function<Events, T> how) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            try {
                return Optional.of(how.apply(reader));
            } catch (RuntimeException e) {
                if (SerdeFailure.of(e).recordAtFault()) {
                    unreadable.incrementAndGet();
                    LOG.warn("the moderation page cannot read {} and passes it over", place);
                    return Optional.empty();
                }
                if (stopping || System.nanoTime() > end) {
                    // Without the cause, whose message may quote the record.
                    throw new StreamsException("the schema registry does not answer the moderation page");
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamsException("interrupted", e);
        }
    }
}
