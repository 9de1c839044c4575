package dev.temper.runtime.serve;

import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.Joined;
import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.sasa.ExchangeableGuidance;
import dev.temper.runtime.sasa.ExchangeableGuidance.Side;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The requests that are on the device, in step with the decoder's own lists: those whose prompts are being read, and
 * those whose answers are being written. Used by the engine's thread only.
 */
final class DecodingBatch {
    private final SequenceDecoder decoder;
    private final ExchangeableGuidance guidance;
    private final Set<Integer> endTokens;
    private final Tokenizer tokenizer;
    private final List<RunningSequence> reading = new ArrayList<>(); // in the decoder's order
    private final List<RunningSequence> running = new ArrayList<>(); // in the decoder's order
    private final List<RunningSequence> ended = new ArrayList<>(); // off the device, their outcomes still to deliver

    DecodingBatch(SequenceDecoder decoder, ExchangeableGuidance guidance, Set<Integer> endTokens, Tokenizer tokenizer) {
        this.decoder = decoder;
        this.guidance = guidance;
        this.endTokens = Set.copyOf(endTokens);
        this.tokenizer = tokenizer;
    }

    int reading() {
        return reading.size();
    }

    int decoding() {
        return running.size();
    }

    int size() {
        return reading.size() + running.size();
    }

    /** Gives a request a slot, of which there must be one. */
    void join(ReadyRequest ready) {
        GenerationRequest request = ready.queued().request();
        boolean guided = !request.guidance().betas().isEmpty();
        RunningSequence sequence = new RunningSequence(
                ready, guidance.current(), guided, endTokens, tokenizer, decoder.contextLength(), System.nanoTime());
        Admission admission = new Admission(
                ready.promptIds(),
                request.decoding(),
                guided ? request.guidance().maxCandidates() : 0,
                sequence.side().settings(request.guidance()),
                ready.badWords(),
                endTokens);
        if (ready.queued().alone()) {
            decoder.joinAlone(admission, sequence.uniformAtPrompt());
        } else {
            decoder.join(admission, sequence.uniformAtPrompt());
        }
        reading.add(sequence);
    }

    /** What the sequences that have begun are guided by. */
    Set<Side> sidesInUse() {
        return Stream.concat(reading.stream(), running.stream())
                .map(RunningSequence::side)
                .collect(Collectors.toSet());
    }

    /** Reads the next tokens of prompts. */
    void read(int budget) {
        if (reading.isEmpty()) {
            return;
        }
        List<RunningSequence> before = List.copyOf(reading);
        List<Joined> joined = decoder.read(budget);
        long now = System.nanoTime();
        for (Joined each : joined) {
            RunningSequence sequence = before.get(each.reader());
            reading.remove(sequence);
            running.add(sequence);
            sequence.afterPrompt(each.decision(), each.reused(), now);
        }
        releaseEnded(); // an end token may have been drawn at once
    }

    /** Decides one token of every answer. */
    void step() {
        if (running.isEmpty()) {
            return;
        }
        List<Decision> decisions = decoder.step(
                running.stream().mapToDouble(RunningSequence::nextUniform).toArray());
        for (int i = 0; i < decisions.size(); i++) {
            running.get(i).afterStep(decisions.get(i));
        }
        releaseEnded();
    }

    /** Ends what nobody wants any more. */
    void giveUp(long nowNanos) {
        for (int i = reading.size() - 1; i >= 0; i--) {
            if (giveUp(reading.get(i), nowNanos)) {
                ended.add(reading.remove(i));
                decoder.giveUp(i);
            }
        }
        running.forEach(sequence -> giveUp(sequence, nowNanos));
        releaseEnded();
    }

    private static boolean giveUp(RunningSequence sequence, long nowNanos) {
        Failed why = sequence.queued().givenUp(nowNanos);
        if (why != null) {
            sequence.giveUp(why);
        }
        return why != null;
    }

    /** Takes ended sequences out of the lists before it asks the device, which may fail: each is in one list only. */
    private void releaseEnded() {
        for (int i = running.size() - 1; i >= 0; i--) {
            RunningSequence sequence = running.get(i);
            if (sequence.ended()) {
                RunningSequence last = running.remove(running.size() - 1);
                if (i < running.size()) {
                    running.set(i, last); // the decoder moves it there, too
                }
                ended.add(sequence);
                decoder.release(i);
            }
        }
    }

    /** The sequences that have ended since this was last asked. */
    List<RunningSequence> takeEnded() {
        List<RunningSequence> taken = List.copyOf(ended);
        ended.clear();
        return taken;
    }

    /** Takes everything off the device, and returns it; what has ended is with {@link #takeEnded()}. */
    List<RunningSequence> clear() {
        List<RunningSequence> all = new ArrayList<>(running);
        all.addAll(reading);
        running.clear();
        reading.clear();
        decoder.clear();
        return all;
    }
}
