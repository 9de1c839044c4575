package dev.temper.runtime.serve;

import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.RequestEncoder.Encoding;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Accepted requests that have no place in the batch yet. Thread-safe.
 *
 * <p>Bounded. The texts are turned into tokens on threads of its own, so that a huge prompt holds up neither the device
 * nor, as there are two, the next prompt. Of the requests that are ready the one that arrived first gets the next place;
 * none does while the queue is held.
 */
final class RequestQueue implements AutoCloseable {
    private static final int ENCODING_THREADS = 2;

    private final int mostWaiting;
    private final Function<QueuedRequest, Encoding> encoder;
    private final ExecutorService encoding = Executors.newFixedThreadPool(ENCODING_THREADS, task -> {
        Thread thread = new Thread(task, "temper-encoding");
        thread.setDaemon(true);
        return thread;
    });
    private final SortedMap<Long, Waiting> waiting = new TreeMap<>(); // by arrival; guarded by this
    private boolean closed; // guarded by this
    private Held held = Held.NO; // guarded by this

    /** Whether requests wait for all others: until the queue is released, and then until all are ready. */
    private enum Held {
        NO,
        YES,
        UNTIL_ALL_ARE_READY
    }

    /** One request, and its tokens as soon as there are. */
    private static final class Waiting {
        private final QueuedRequest queued;
        private @Nullable ReadyRequest ready;

        Waiting(QueuedRequest queued) {
            this.queued = queued;
        }
    }

    RequestQueue(int mostWaiting, Function<QueuedRequest, Encoding> encoder) {
        this.mostWaiting = mostWaiting;
        this.encoder = encoder;
    }

    /**
     * Takes a request in.
     *
     * @return false when the queue is full
     * @throws IllegalStateException when it is closed
     */
    synchronized boolean offer(QueuedRequest queued) {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (waiting.size() >= mostWaiting) {
            return false;
        }
        waiting.put(queued.number(), new Waiting(queued));
        encoding.execute(() -> encode(queued));
        return true;
    }

    /** None is given a place from now on. */
    synchronized void hold() {
        held = Held.YES;
    }

    /** Ends the hold as soon as all that wait are ready. */
    synchronized void release() {
        if (held == Held.YES) {
            held = Held.UNTIL_ALL_ARE_READY;
            notifyAll();
        }
    }

    /** Whether the next one to have arrived of those that are ready may have a place. */
    private synchronized boolean mayBegin() {
        if (held == Held.UNTIL_ALL_ARE_READY && waiting.values().stream().allMatch(w -> w.ready != null)) {
            held = Held.NO;
        }
        return held == Held.NO && waiting.values().stream().anyMatch(w -> w.ready != null);
    }

    private void encode(QueuedRequest queued) {
        if (find(queued) == null) {
            return; // given up meanwhile
        }
        Encoding encoded = encoder.apply(queued);
        if (encoded instanceof Encoding.Ready ready) {
            ready(ready.request());
        } else if (encoded instanceof Encoding.Refused refused && remove(queued)) {
            queued.complete(refused.why());
        }
    }

    private synchronized @Nullable Waiting find(QueuedRequest queued) {
        return waiting.get(queued.number());
    }

    private synchronized void ready(ReadyRequest request) {
        Waiting place = find(request.queued());
        if (place != null) {
            place.ready = request;
            notifyAll();
        }
    }

    private synchronized boolean remove(QueuedRequest queued) {
        return waiting.remove(queued.number()) != null;
    }

    /** The first to have arrived of those that are ready, if any is and none is held. */
    synchronized @Nullable ReadyRequest poll() {
        if (!mayBegin()) {
            return null;
        }
        for (Iterator<Waiting> i = waiting.values().iterator(); i.hasNext(); ) {
            ReadyRequest ready = i.next().ready;
            if (ready != null) {
                i.remove();
                return ready;
            }
        }
        return null;
    }

    /** Waits a while for a request that may have a place. */
    synchronized void awaitReady(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closed && !mayBegin()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    /** A request comes back from the device to the place that its arrival gives it, also when the queue is full. */
    synchronized void putBack(ReadyRequest request) {
        if (closed) {
            request.queued().fail(Reason.ENGINE_CLOSED, "the engine was closed");
            return;
        }
        Waiting place = new Waiting(request.queued());
        place.ready = request;
        waiting.put(request.queued().number(), place);
    }

    /** Fails what nobody wants any more. */
    void giveUp(long nowNanos) {
        List<Runnable> ended = new ArrayList<>();
        synchronized (this) {
            for (Iterator<Waiting> i = waiting.values().iterator(); i.hasNext(); ) {
                QueuedRequest queued = i.next().queued;
                Failed why = queued.givenUp(nowNanos);
                if (why != null) {
                    i.remove();
                    ended.add(() -> queued.complete(why));
                }
            }
        }
        ended.forEach(Runnable::run); // consumers are foreign code: not under the lock
    }

    synchronized int size() {
        return waiting.size();
    }

    /** Fails what waits; nothing is taken in any more. Returns when no thread of this queue runs. */
    @Override
    public void close() {
        List<Waiting> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(waiting.values());
            waiting.clear();
            notifyAll();
        }
        left.forEach(w -> w.queued.fail(Reason.ENGINE_CLOSED, "the engine was closed"));
        encoding.shutdown();
        boolean interrupted = false;
        while (!encoding.isTerminated()) { // the tokenizer must not be closed beneath it
            try {
                encoding.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
