package dev.temper.runtime.serve;

import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.sasa.ExchangeableGuidance.Side;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.text.StreamingDetokenizer;
import dev.temper.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One answer in the making: what has been decided so far, and whether it has ended. Used by the engine's thread only. */
final class RunningSequence {
    private final ReadyRequest ready;
    private final Side side;
    private final boolean guided;
    private final Set<Integer> endTokens;
    private final Tokenizer tokenizer;
    private final int roomInContext; // most tokens that the context can still take
    private final SplittableRandom random;

    private final List<Integer> tokens = new ArrayList<>();
    private final List<double[]> margins = new ArrayList<>();
    private @Nullable FinishReason finishReason;
    private @Nullable String textBeforeStop;
    private @Nullable Failed failure;
    private int passes;
    private int reused; // tokens of the prompt
    private long candidates;
    private int pendingCandidates; // of the token that the next pass decides
    private int cutNuclei;
    private double klSum;
    private final long startedNanos;
    private long prefilledNanos;
    private long firstTokenNanos;
    private long finishedNanos;

    RunningSequence(
            ReadyRequest ready,
            Side side,
            boolean guided,
            Set<Integer> endTokens,
            Tokenizer tokenizer,
            int contextLength,
            long startedNanos) {
        this.ready = ready;
        this.side = side;
        this.guided = guided;
        this.endTokens = endTokens;
        this.tokenizer = tokenizer;
        this.roomInContext = contextLength - ready.promptIds().length;
        this.random = new SplittableRandom(request().seed());
        this.startedNanos = startedNanos;
    }

    /** What it is guided by, from its first token to its last. */
    Side side() {
        return side;
    }

    ReadyRequest ready() {
        return ready;
    }

    QueuedRequest queued() {
        return ready.queued();
    }

    private GenerationRequest request() {
        return queued().request();
    }

    /**
     * The number that decides the next token: the n-th of this sequence's own generator decides its n-th token, guided or
     * not, whatever else is in the batch.
     */
    double nextUniform() {
        return random.nextDouble();
    }

    /** Draws a plain sequence's first token when its prompt is read; a guided one's is decided by its first pass. */
    double uniformAtPrompt() {
        return guided ? 0 : nextUniform();
    }

    void afterPrompt(Decision decision, int promptTokensReused, long nowNanos) {
        prefilledNanos = nowNanos;
        reused = promptTokensReused;
        accept(decision);
    }

    void afterStep(Decision decision) {
        passes++;
        if (guided) {
            margins.add(side.margins(decision.measures()));
            candidates += pendingCandidates;
        }
        accept(decision);
    }

    private void accept(Decision decision) {
        if (!decision.finite()) {
            failure = queued().failed(
                            Reason.NON_FINITE_LOGITS,
                            "the model produced a NaN or infinite number; check the checkpoint and the number type");
            return;
        }
        if (decision.token() != Decision.NONE) {
            if (tokens.isEmpty()) {
                firstTokenNanos = System.nanoTime();
            }
            tokens.add(decision.token());
            klSum += decision.kl();
            finishReason = reasonToEnd(decision.token());
        }
        if (finishReason == null && guided) {
            pendingCandidates = decision.candidates();
            cutNuclei += decision.cut() ? 1 : 0;
        }
    }

    private @Nullable FinishReason reasonToEnd(int token) {
        if (endTokens.contains(token)) {
            return FinishReason.END_OF_SEQUENCE;
        }
        List<String> stops = request().decoding().stopStrings();
        if (!stops.isEmpty()) {
            String text = decoded();
            int cut = stops.stream()
                    .mapToInt(text::indexOf)
                    .filter(at -> at >= 0)
                    .min()
                    .orElse(-1);
            if (cut >= 0) {
                textBeforeStop = text.substring(0, cut);
                return FinishReason.STOP_STRING;
            }
        }
        boolean full = tokens.size() >= Math.min(request().decoding().maxNewTokens(), roomInContext);
        return full ? FinishReason.LENGTH : null;
    }

    /** Ends the sequence without an answer, unless it has one. */
    void giveUp(Failed why) {
        if (!ended()) {
            failure = why;
        }
    }

    boolean ended() {
        return failure != null || finishReason != null;
    }

    /** Why there is no answer, if it ended without one. */
    @Nullable
    Failed failure() {
        return failure;
    }

    /** Whether it ended without an answer for something that it may have taken over from another prompt. */
    boolean spoiltByOthers() {
        return failure != null
                && failure.reason() == Reason.NON_FINITE_LOGITS
                && passes == 0
                && reused > 0
                && !queued().alone();
    }

    void finished(long nowNanos) {
        finishedNanos = nowNanos;
    }

    /** The answer, without end token and stop string. */
    String text() {
        return textBeforeStop != null ? textBeforeStop : decoded();
    }

    private String decoded() {
        int[] ids = tokens.stream()
                .filter(t -> !endTokens.contains(t))
                .mapToInt(Integer::intValue)
                .toArray();
        return tokenizer.decode(ids, true);
    }

    private List<String> tokenTexts() {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(tokenizer, true);
        List<String> texts = new ArrayList<>(tokens.size());
        tokens.forEach(token -> texts.add(detokenizer.accept(token)));
        int last = texts.size() - 1;
        texts.set(last, texts.get(last) + detokenizer.finish());
        return texts;
    }

    GenerationOutcome.Completed outcome(Map<String, Double> scores, double scoreSeconds) {
        if (finishReason == null) {
            throw new IllegalStateException("the answer has not ended");
        }
        Map<String, List<Double>> marginsBySubspace = new LinkedHashMap<>();
        List<String> names = guided ? side.names() : List.of();
        for (int a = 0; a < names.size(); a++) {
            int subspace = a;
            marginsBySubspace.put(
                    names.get(a), margins.stream().map(m -> m[subspace]).toList());
        }
        GenerationOutcome.Usage usage = new GenerationOutcome.Usage(
                ready.promptIds().length,
                ready.promptTokensDropped(),
                reused,
                tokens.size(),
                passes,
                candidates,
                cutNuclei,
                tokens.isEmpty() ? 0 : klSum / tokens.size());
        GenerationOutcome.Timings timings = new GenerationOutcome.Timings(
                seconds(queued().offeredNanos(), startedNanos),
                seconds(startedNanos, prefilledNanos),
                seconds(prefilledNanos, finishedNanos),
                scoreSeconds,
                seconds(queued().offeredNanos(), firstTokenNanos));
        return new GenerationOutcome.Completed(
                request().id(),
                text(),
                tokens,
                tokenTexts(),
                finishReason,
                marginsBySubspace,
                side.hashes(),
                scores,
                usage,
                timings);
    }

    private static double seconds(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / 1e9;
    }
}
