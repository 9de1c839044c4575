package dev.temper.runtime.serve;

import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.sasa.ExchangeableGuidance;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.runtime.score.TextScorer;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Continuous batching on one device thread: requests join and leave at every decoding step, parts of prompts are read
 * between the steps, and answers that end together are scored together before their outcomes are handed over.
 *
 * <p>The life of a request: offered → queued, while its texts become tokens → reading, a part of its prompt a round →
 * decoding, a token a round → scored → completed; or failed at any of these. The thread owns the decoder, the batch and
 * the scorer; other threads only ever touch the queue and the counters.
 *
 * <p>When the device fails, all that is on it is put back into the queue and answered anew, half as many at a time: the
 * seeds are the same, so the answers are. What fails alone, or again and again, fails with
 * {@link Reason#DEVICE_ERROR}.
 */
public final class LmGenerationEngine implements GenerationEngine {
    private static final Logger LOG = LoggerFactory.getLogger(LmGenerationEngine.class);
    private static final long IDLE_WAIT_MS = 50;
    private static final int MOST_SETBACKS = 8;

    private final Identity identity;
    private final EngineSettings settings;
    private final SequenceDecoder decoder;
    private final AutoCloseable resources;

    private final ExchangeableGuidance guidance;
    private final AtomicReference<@Nullable Map<String, SubspaceVersion>> exchange = new AtomicReference<>();
    private final OpenRequests open = new OpenRequests();
    private final RequestQueue queue;
    private final DecodingBatch batch;
    private final BatchLimit limit;
    private final AnswerDelivery delivery;
    private final Thread thread;
    private volatile boolean closing;
    private volatile Load load = new Load(0, 0);

    /** Sequences on the device, for other threads to read. */
    private record Load(int reading, int decoding) {}

    /**
     * Starts the engine's thread.
     *
     * @param decoder owned by the engine from now on
     * @param resources what the decoder, tokenizer and scorer live on; closed with the engine, after its threads have ended
     */
    LmGenerationEngine(
            Identity identity,
            EngineSettings settings,
            SequenceDecoder decoder,
            PromptEncoder prompts,
            Tokenizer tokenizer,
            Set<Integer> endTokens,
            ExchangeableGuidance guidance,
            Optional<TextScorer> scorer,
            AutoCloseable resources) {
        this.identity = identity;
        this.settings = settings;
        this.decoder = decoder;
        this.resources = resources;
        RequestEncoder encoder =
                new RequestEncoder(prompts, tokenizer, guidance.current().names(), decoder.contextLength());
        this.queue = new RequestQueue(settings.maxQueue(), encoder::encode);
        this.guidance = guidance;
        this.batch = new DecodingBatch(decoder, guidance, endTokens, tokenizer);
        this.limit = new BatchLimit(decoder.freeSlots());
        this.delivery = new AnswerDelivery(scorer);
        this.thread = new Thread(this::run, "temper-engine");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        QueuedRequest queued = open.open(request, onOutcome);
        boolean accepted = false;
        try {
            accepted = queue.offer(queued);
            return accepted;
        } finally {
            if (!accepted) {
                open.forget(queued);
            }
        }
    }

    @Override
    public boolean cancel(String requestId) {
        return open.cancel(requestId);
    }

    @Override
    public Hold hold() {
        queue.hold();
        return queue::release;
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public Map<String, SubspaceVersion> configuredSubspaces() {
        return guidance.configured();
    }

    @Override
    public void guideBy(Map<String, SubspaceVersion> versions) {
        exchange.set(guidance.checked(versions));
    }

    @Override
    public int inFlight() {
        return open.count();
    }

    @Override
    public EngineStatus status() {
        Load now = load;
        return new EngineStatus(
                queue.size(), now.reading(), now.decoding(), decoder.cacheBytesUsed(), decoder.cacheBytes());
    }

    private void run() {
        try {
            while (!closing) {
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            queue.close(); // from here on nothing is accepted, whatever ended this thread
            batch.clear().forEach(s -> s.queued().fail(Reason.ENGINE_CLOSED, "the engine was closed"));
        }
    }

    /** A part of the prompts, then a token of every answer; waits only when there is nothing to do. */
    private void round() throws InterruptedException {
        long now = System.nanoTime();
        queue.giveUp(now);
        onDevice("giving requests up", () -> batch.giveUp(now));
        exchangeSubspaces();
        admit();
        if (batch.size() == 0) {
            queue.awaitReady(IDLE_WAIT_MS);
            return;
        }
        onDevice("reading prompts", () -> batch.read(settings.prefillTokens()));
        onDevice("decoding", batch::step);
    }

    private void admit() {
        while (batch.size() < limit.get()) {
            ReadyRequest next = queue.poll();
            if (next == null) {
                break;
            }
            if (!exchangeSubspaces()) { // what was asked for before this request was offered
                queue.putBack(next);
                break;
            }
            batch.join(next);
        }
        publishLoad();
    }

    /** @return false if the device failed at it; it is tried again, then */
    private boolean exchangeSubspaces() {
        Map<String, SubspaceVersion> versions = exchange.get();
        if (versions == null) {
            return true;
        }
        AtomicBoolean failed = new AtomicBoolean(true);
        onDevice("exchanging subspaces", () -> {
            if (guidance.exchange(versions, batch.sidesInUse())) {
                exchange.compareAndSet(versions, null);
            }
            failed.set(false);
        });
        return !failed.get();
    }

    private void publishLoad() {
        load = new Load(batch.reading(), batch.decoding());
    }

    /** Does device work and delivers what it ended. */
    private void onDevice(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            setBack(what, e);
        } finally {
            publishLoad();
        }
        limit.answered(delivery.deliver(takeEnded()));
    }

    /** What another prompt's keys and values may have spoilt is not over: it is read again, by itself. */
    private List<RunningSequence> takeEnded() {
        List<RunningSequence> ended = new ArrayList<>();
        for (RunningSequence sequence : batch.takeEnded()) {
            if (sequence.spoiltByOthers()) {
                sequence.queued().readAlone();
                queue.putBack(sequence.ready());
            } else {
                ended.add(sequence);
            }
        }
        return ended;
    }

    /** Takes all off the device, which cannot be trusted any more, to try again with fewer at a time. */
    private void setBack(String what, RuntimeException e) {
        List<RunningSequence> working = batch.clear();
        limit.failed(working.size());
        LOG.error("{} failed with {} requests on the device; going on with {}", what, working.size(), limit.get(), e);
        for (RunningSequence sequence : working) { // each unanswered: ended ones are delivered as usual
            QueuedRequest queued = sequence.queued();
            if (working.size() == 1 || queued.setBack() > MOST_SETBACKS) {
                queued.fail(Reason.DEVICE_ERROR, what + " failed: " + AnswerDelivery.firstLine(e));
            } else {
                queue.putBack(sequence.ready());
            }
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try {
            thread.join();
            decoder.close();
            resources.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("the engine's resources could not be closed", e);
        }
    }
}
