package dev.temper.training.regularise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.training.decoder.TokenSequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The targets q of the batches of one iteration, which a second worker may compute ahead of the first: the fine-tuning
 * then costs little more than without a regulariser. They do not depend on who computes them.
 *
 * <p>Thread-safe for two threads: the one that trains calls {@link #take}, the other {@link #computeAhead} and
 * {@link #computeUntilClosed}. The trainer never waits for a target that nobody has begun; it computes that itself.
 */
final class Targets implements AutoCloseable {
    private static final int MOST_READY = 3; // of [tokens, vocabulary] each, so few

    /** What one thread computes with. */
    private static final class Worker implements AutoCloseable {
        private final ClosestDistribution closest;
        private final DomainBatches batches;

        Worker(ClosestDistribution closest, DomainBatches batches) {
            this.closest = closest;
            this.batches = batches;
        }

        NDArray compute(NDManager owner, long batch) {
            List<TokenSequence> sequences = batches.draw(batch).regularised();
            return closest.logQ(owner, sequences);
        }

        @Override
        public void close() {
            closest.close();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Worker trainer;
    private final Worker helper;
    private final NDManager manager;
    private final long end;
    private final Map<Long, NDArray> ready = new HashMap<>();
    private long next = Long.MAX_VALUE; // the first batch that nobody has begun; unknown until the trainer takes one
    private @Nullable Long underWay; // the helper's
    private boolean closed;

    /**
     * @param end the first batch that will not be taken
     * @param seed of the batches
     */
    Targets(
            ClosestDistribution.Snapshot snapshot,
            List<Domain> domains,
            FineTuneSettings settings,
            long seed,
            long end) {
        this.trainer = new Worker(
                new ClosestDistribution(snapshot, settings), new DomainBatches(domains, settings.batchSize(), seed));
        this.helper = new Worker(
                new ClosestDistribution(snapshot, settings), new DomainBatches(domains, settings.batchSize(), seed));
        this.manager = snapshot.lm().newScope();
        this.end = end;
    }

    /**
     * The target of a batch; batches are taken in order.
     *
     * @return [tokens, vocabulary]; the caller closes it
     */
    NDArray take(long batch) {
        lock.lock();
        try {
            if (next == Long.MAX_VALUE || next <= batch) {
                next = batch + 1;
                changed.signalAll();
            } else {
                while (underWay != null && underWay == batch) {
                    changed.awaitUninterruptibly();
                }
                NDArray done = ready.remove(batch);
                changed.signalAll();
                if (done != null) {
                    return done;
                } // else the helper failed at it, and reports that itself
            }
        } finally {
            lock.unlock();
        }
        return trainer.compute(manager, batch);
    }

    /** Computes coming targets until enough are ready; returns at once when they are. */
    void computeAhead() {
        while (computeOne(false)) {
            // the next one
        }
    }

    /** Computes targets as they are wanted, until the trainer has ended. */
    void computeUntilClosed() {
        while (computeOne(true)) {
            // the next one
        }
    }

    private boolean computeOne(boolean wait) {
        long batch;
        lock.lock();
        try {
            while (wait && !closed && (ready.size() >= MOST_READY || next == Long.MAX_VALUE)) {
                changed.awaitUninterruptibly();
            }
            if (closed || ready.size() >= MOST_READY || next >= end) {
                return false;
            }
            batch = next++;
            underWay = batch;
        } finally {
            lock.unlock();
        }
        NDArray target = null;
        try {
            target = helper.compute(manager, batch);
            return true;
        } finally {
            lock.lock();
            try {
                underWay = null;
                if (target != null) {
                    ready.put(batch, target);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The trainer has ended, well or not: lets the helper go, and returns when it reads the models no more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (underWay != null) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        trainer.close();
        helper.close();
        manager.close();
    }
}
