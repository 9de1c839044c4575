package dev.temper.runtime.serve;

import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.runtime.score.TextScorer;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.runtime.text.ChatTemplateException;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Continuous batching on one device thread: requests join and leave at every decoding step, and finished answers are
 * scored together before their outcomes are handed over.
 *
 * <p>The life of a request: offered → queued → encoded → admitted (its prompt is read) → decoded, a token a pass →
 * scored → completed; or failed at any of these. The thread owns the decoder, the sequences and the scorer; other
 * threads only ever touch the queue and the counters.
 */
public final class LmGenerationEngine implements GenerationEngine {
    private static final Logger LOG = LoggerFactory.getLogger(LmGenerationEngine.class);
    private static final long IDLE_WAIT_MS = 50;

    private final Identity identity;
    private final EngineSettings settings;
    private final BatchDecoder decoder;
    private final PromptEncoder prompts;
    private final Tokenizer tokenizer;
    private final Set<Integer> endTokens;
    private final BadWords badWords;
    private final SubspaceGuidance guidance;
    private final Optional<TextScorer> scorer;
    private final AutoCloseable resources;

    private final BlockingQueue<QueuedRequest> queue;
    private final Deque<Encoded> waiting = new ArrayDeque<>(); // encoded, but no slot yet
    private final List<RunningSequence> running = new ArrayList<>(); // in the decoder's order
    /** Requests that the device works on, from reading the prompt to the outcome; what a device failure takes with it. */
    private final Set<QueuedRequest> onDevice = Collections.newSetFromMap(new IdentityHashMap<>());

    private final OpenRequests open = new OpenRequests();
    private final Thread thread;
    private volatile boolean closing;
    private volatile int decoding; // running, for other threads to read

    /** A request with its prompt's tokens. */
    private record Encoded(QueuedRequest queued, int[] ids, int dropped, List<int[]> badWords) {}

    /**
     * Starts the engine's thread.
     *
     * @param decoder owned by the engine from now on
     * @param resources what the decoder, tokenizer and scorer live on; closed with the engine, after its thread has ended
     */
    LmGenerationEngine(
            Identity identity,
            EngineSettings settings,
            BatchDecoder decoder,
            PromptEncoder prompts,
            Tokenizer tokenizer,
            Set<Integer> endTokens,
            SubspaceGuidance guidance,
            Optional<TextScorer> scorer,
            AutoCloseable resources) {
        this.identity = identity;
        this.settings = settings;
        this.decoder = decoder;
        this.prompts = prompts;
        this.tokenizer = tokenizer;
        this.endTokens = Set.copyOf(endTokens);
        this.badWords = new BadWords(tokenizer);
        this.guidance = guidance;
        this.scorer = scorer;
        this.resources = resources;
        this.queue = new ArrayBlockingQueue<>(settings.maxQueue());
        this.thread = new Thread(this::run, "temper-engine");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        if (closing) {
            throw new IllegalStateException("the engine is closed");
        }
        QueuedRequest queued = open.open(request, onOutcome);
        boolean accepted = queue.offer(queued);
        if (!accepted) {
            open.forget(queued);
        } else if (closing && queue.remove(queued)) {
            queued.fail(Reason.ENGINE_CLOSED, "the engine was closed");
        }
        return accepted;
    }

    @Override
    public Identity identity() {
        return identity;
    }

    @Override
    public boolean cancel(String requestId) {
        return open.cancel(requestId);
    }

    @Override
    public int inFlight() {
        return open.count();
    }

    @Override
    public EngineStatus status() {
        int batch = decoding;
        return new EngineStatus(
                Math.max(0, open.count() - batch), 0, batch, decoder.cacheBytesUsed(), decoder.cacheBytes());
    }

    private void run() {
        try {
            while (!closing) {
                giveUp();
                admit();
                if (!running.isEmpty()) {
                    step();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            failEverything(Reason.ENGINE_CLOSED, "the engine was closed");
        }
    }

    /** Fails what was cancelled or has no time left, wherever it waits or runs. */
    private void giveUp() {
        long now = System.nanoTime();
        for (QueuedRequest queued : queue) {
            Failed why = queued.givenUp(now);
            if (why != null && queue.remove(queued)) {
                queued.complete(why);
            }
        }
        waiting.removeIf(encoded -> {
            Failed why = encoded.queued().givenUp(now);
            if (why != null) {
                encoded.queued().complete(why);
            }
            return why != null;
        });
        boolean any = false;
        for (RunningSequence sequence : running) {
            Failed why = sequence.queued().givenUp(now);
            if (why != null) {
                sequence.giveUp(why);
                any = true;
            }
        }
        if (any) {
            completeEnded();
        }
    }

    /** Takes what is queued into free slots; waits only when there is nothing else to do. */
    private void admit() throws InterruptedException {
        if (running.isEmpty() && waiting.isEmpty()) {
            QueuedRequest first = queue.poll(IDLE_WAIT_MS, TimeUnit.MILLISECONDS);
            if (first == null) {
                return;
            }
            encode(first);
        }
        for (QueuedRequest next; waiting.size() < decoder.freeSlots() && (next = queue.poll()) != null; ) {
            encode(next);
        }
        List<Encoded> group = nextPromptGroup();
        if (!group.isEmpty()) {
            group.forEach(encoded -> onDevice.add(encoded.queued()));
            guarded("reading prompts", () -> readPrompts(group));
        }
    }

    private void encode(QueuedRequest queued) {
        GenerationRequest request = queued.request();
        for (String name : request.guidance().betas().keySet()) {
            if (!guidance.names().contains(name)) {
                queued.fail(
                        Reason.INVALID_PARAMETERS,
                        "there is no subspace '" + name + "'; this engine has " + guidance.names());
                return;
            }
        }
        int longestAnswer = Math.min(request.decoding().maxNewTokens(), decoder.contextLength() / 2);
        int mostPromptTokens = decoder.contextLength() - longestAnswer;
        try {
            List<int[]> forbidden = badWords.spelled(request.decoding().badWords());
            EncodedPrompt prompt = request.overflow() == PromptOverflow.REJECT
                    ? prompts.encode(request.prompt(), mostPromptTokens)
                    : prompts.encodeTruncating(request.prompt(), mostPromptTokens);
            if (prompt instanceof EncodedPrompt.Fitting fitting) {
                waiting.add(new Encoded(queued, fitting.ids(), fitting.droppedTokens(), forbidden));
            } else if (prompt instanceof EncodedPrompt.TooLong tooLong) {
                queued.fail(
                        Reason.PROMPT_TOO_LONG,
                        "the prompt has " + tooLong.promptTokens() + " tokens and at most " + mostPromptTokens
                                + " leave room for the answer; shorten it, ask for fewer new tokens, or allow"
                                + " truncation");
            }
        } catch (BadWords.UnspellableException e) {
            queued.fail(Reason.INVALID_PARAMETERS, String.valueOf(e.getMessage()));
        } catch (ChatTemplateException e) {
            queued.fail(Reason.INVALID_PROMPT, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("The prompt of request {} could not be encoded", request.id(), e);
            queued.fail(
                    Reason.INVALID_PROMPT,
                    "the prompt could not be encoded (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** The longest-waiting prompts that fit the free slots and the prefill budget, at least one if any waits. */
    private List<Encoded> nextPromptGroup() {
        List<Encoded> group = new ArrayList<>();
        int longest = 0;
        while (!waiting.isEmpty() && group.size() < decoder.freeSlots()) {
            longest = Math.max(longest, waiting.getFirst().ids().length);
            if (!group.isEmpty() && longest * (group.size() + 1) > settings.prefillTokens()) {
                break;
            }
            group.add(waiting.removeFirst());
        }
        return group;
    }

    private void readPrompts(List<Encoded> group) {
        long started = System.nanoTime();
        List<Admission> admissions = new ArrayList<>();
        List<RunningSequence> joining = new ArrayList<>();
        double[] uniforms = new double[group.size()];
        for (Encoded encoded : group) {
            GenerationRequest request = encoded.queued().request();
            boolean guided = !request.guidance().betas().isEmpty();
            RunningSequence sequence = new RunningSequence(
                    encoded.queued(),
                    encoded.ids().length,
                    encoded.dropped(),
                    guided ? guidance.names() : List.of(),
                    endTokens,
                    tokenizer,
                    decoder.contextLength(),
                    started);
            uniforms[joining.size()] = sequence.decidesAtPrompt() ? sequence.nextUniform() : 0;
            joining.add(sequence);
            admissions.add(new Admission(
                    encoded.ids(),
                    request.decoding(),
                    guided ? request.guidance().maxCandidates() : 0,
                    guidance.settings(request.guidance()),
                    encoded.badWords(),
                    endTokens));
        }
        List<Decision> decisions = decoder.admit(admissions, uniforms);
        running.addAll(joining);
        long now = System.nanoTime();
        for (int i = 0; i < joining.size(); i++) {
            joining.get(i).afterPrompt(decisions.get(i), now);
        }
        completeEnded(); // an end token may have been drawn at once
    }

    private void step() {
        guarded("decoding", () -> {
            double[] uniforms =
                    running.stream().mapToDouble(RunningSequence::nextUniform).toArray();
            List<Decision> decisions = decoder.step(uniforms);
            for (int i = 0; i < decisions.size(); i++) {
                running.get(i).afterStep(decisions.get(i));
            }
            completeEnded();
        });
    }

    /** Takes ended sequences out of the batch, scores their texts together, and hands the outcomes over. */
    private void completeEnded() {
        List<RunningSequence> ended = new ArrayList<>();
        for (int i = running.size() - 1; i >= 0; i--) {
            if (running.get(i).ended()) {
                ended.add(running.get(i));
                decoder.release(i);
                RunningSequence last = running.remove(running.size() - 1);
                if (i < running.size()) {
                    running.set(i, last); // the decoder moved it there, too
                }
            }
        }
        decoding = running.size();
        long now = System.nanoTime();
        List<RunningSequence> answered = new ArrayList<>();
        for (RunningSequence sequence : ended) {
            Failed failure = sequence.failure();
            if (failure == null) {
                answered.add(sequence);
            } else {
                deliver(sequence.queued(), failure);
            }
        }
        if (!answered.isEmpty()) {
            answered.forEach(s -> s.finished(now));
            complete(answered, now);
        }
    }

    private void complete(List<RunningSequence> answered, long scoringStarted) {
        List<Map<String, Double>> scores;
        try {
            scores = scorer.isEmpty()
                    ? answered.stream().map(s -> Map.<String, Double>of()).toList()
                    : scorer.get()
                            .score(answered.stream().map(RunningSequence::text).toList());
        } catch (RuntimeException e) {
            LOG.error("Scoring {} answers failed", answered.size(), e);
            answered.forEach(s -> fail(s.queued(), Reason.DEVICE_ERROR, "the scorer failed: " + describe(e)));
            return;
        }
        double seconds = (System.nanoTime() - scoringStarted) / 1e9;
        for (int i = 0; i < answered.size(); i++) {
            RunningSequence sequence = answered.get(i);
            deliver(sequence.queued(), sequence.outcome(scores.get(i), seconds));
        }
    }

    /** Runs device work; when it fails, everything that was on the device fails with it, and the engine goes on. */
    private void guarded(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed with {} requests on the device", what, onDevice.size(), e);
            decoder.clear();
            running.clear();
            decoding = 0;
            List.copyOf(onDevice).forEach(q -> fail(q, Reason.DEVICE_ERROR, what + " failed: " + describe(e)));
        }
    }

    private void fail(QueuedRequest queued, Reason reason, String detail) {
        deliver(queued, queued.failed(reason, detail));
    }

    /** Exactly one outcome for a request that was on the device. */
    private void deliver(QueuedRequest queued, GenerationOutcome outcome) {
        if (onDevice.remove(queued)) {
            queued.complete(outcome);
        }
    }

    private static String describe(RuntimeException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }

    private void failEverything(Reason reason, String detail) {
        running.clear();
        List.copyOf(onDevice).forEach(queued -> fail(queued, reason, detail));
        waiting.forEach(e -> e.queued().fail(reason, detail));
        waiting.clear();
        for (@Nullable QueuedRequest next; (next = queue.poll()) != null; ) {
            next.fail(reason, detail);
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
