package dev.temper.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a stream thread dies: another takes over, since most causes pass (a broker that restarts, a fenced
 * producer); but one that dies again and again stops, so that whoever watches it notices, and so does one whose reader of a global store
 * died. It is asked on the thread that dies. Thread-safe.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacement.class);

    /**
     * The end of the name of the thread that reads global stores' topics. Kafka Streams cannot replace it, and asked to it fails
     * with a ClassCastException of its own.
     */
    static final String GLOBAL = "-GlobalStreamThread";

    static final int MOST_DEATHS = 10;
    static final long WITHIN_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Deque<Long> deaths = new ArrayDeque<>();

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        long now = System.nanoTime();
        deaths.add(now);
        while (now - deaths.element() > WITHIN_NANOS) {
            deaths.remove();
        }
        Throwable root = exception;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        // Classes only: a message may quote a record.
        String what =
                exception.getClass().getName() + " from " + root.getClass().getName();
        if (deaths.size() > MOST_DEATHS) {
            LOG.error("stream threads died {} times in a short while, last of {}; giving up", deaths.size(), what);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (Thread.currentThread().getName().endsWith(GLOBAL)) {
            LOG.error(
                    "the reader of the topics that every instance reads whole died of {}; nobody can take over", what);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.error("a stream thread died of {}; another takes over, and what it had not committed is done again", what);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
}
