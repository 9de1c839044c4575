package dev.temper.runtime.decode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the running sequences ask of `sampling.py`, by slot: their settings, the rules that any of them uses, and the
 * tokens that they rule out. Used by the decoder's thread only.
 */
public final class BatchRules {
    /** Columns of a sequence's settings before the {@link CandidateRule}'s own; `sampling.py` lists them. */
    public static final int COLUMNS = 10;

    private static final int REPETITION = 1;
    private static final int COUNTS = 2;
    private static final int MIN_P = 4;
    private static final int TYPICAL_OR_EPSILON = 8;

    private final int[] used; // bits, by slot
    private final int[] topK; // by slot
    private final @Nullable TokenBans[] bans; // by slot
    private final NDArray noBans;
    private final int vocabulary;

    public BatchRules(NDManager owner, int slots, int vocabulary) {
        this.used = new int[slots];
        this.topK = new int[slots];
        this.bans = new TokenBans[slots];
        this.noBans = owner.zeros(new Shape(0, TokenBans.COLUMNS), DataType.INT64);
        this.vocabulary = vocabulary;
    }

    /** A sequence takes a slot. */
    public void admit(int slot, Admission admission) {
        used[slot] = bits(admission.decoding());
        topK[slot] = admission.decoding().topK();
        bans[slot] = TokenBans.of(admission, vocabulary);
    }

    /** Writes a sequence's settings. */
    public static void write(Admission admission, int candidateWidth, double[] settings, int at) {
        DecodingParameters p = admission.decoding();
        settings[at] = p.temperature();
        settings[at + 1] = p.topK();
        settings[at + 2] = p.topP();
        settings[at + 3] = p.repetitionPenalty();
        settings[at + 4] = Math.min(admission.maxCandidates(), candidateWidth);
        settings[at + 5] = p.presencePenalty();
        settings[at + 6] = p.frequencyPenalty();
        settings[at + 7] = p.minP();
        settings[at + 8] = typicalP(p);
        settings[at + 9] = p.epsilonCutoff();
    }

    /** It may rule out the likeliest token, which is greedy decoding's. */
    private static double typicalP(DecodingParameters p) {
        return p.temperature() == 0 ? 1 : p.typicalP();
    }

    private static int bits(DecodingParameters p) {
        return (p.repetitionPenalty() != 1 ? REPETITION : 0)
                | (p.presencePenalty() != 0 || p.frequencyPenalty() != 0 ? COUNTS : 0)
                | (p.minP() > 0 ? MIN_P : 0)
                | (typicalP(p) < 1 || p.epsilonCutoff() > 0 ? TYPICAL_OR_EPSILON : 0);
    }

    /** The rules that any of these slots uses, as `sampling.py` numbers them. */
    public int used(int first, int count) {
        return Arrays.stream(used, first, first + count).reduce(0, (a, b) -> a | b);
    }

    /** The largest top-k of these slots, 0 if one has none. */
    int mostTopK(int first, int count) {
        IntSummaryStatistics all = Arrays.stream(topK, first, first + count).summaryStatistics();
        return all.getMin() == 0 ? 0 : all.getMax();
    }

    /** What is ruled out right after the prompts in these slots, whose rows count from 0: [bans, 3]. */
    public NDArray bansAfterPrompt(NDManager scope, int first, int count) {
        LongStream.Builder triples = LongStream.builder();
        for (int row = 0; row < count; row++) {
            TokenBans mine = bans[first + row];
            if (mine != null) {
                mine.afterPrompt(row, triples);
            }
        }
        return bans(scope, triples);
    }

    /** What is ruled out after the next pass over the first slots: [bans, 3]. */
    public NDArray bansAfterStep(NDManager scope, int count) {
        LongStream.Builder triples = LongStream.builder();
        for (int row = 0; row < count; row++) {
            TokenBans mine = bans[row];
            if (mine != null) {
                mine.afterStep(row, triples);
            }
        }
        return bans(scope, triples);
    }

    private NDArray bans(NDManager scope, LongStream.Builder triples) {
        long[] values = triples.build().toArray();
        return values.length == 0
                ? noBans
                : scope.create(values, new Shape(values.length / TokenBans.COLUMNS, TokenBans.COLUMNS));
    }

    /** A token was decided. */
    public void accept(int slot, int token) {
        TokenBans mine = bans[slot];
        if (mine != null && token != Decision.NONE) {
            mine.accept(token);
        }
    }

    /** A sequence changes its slot. */
    public void move(int source, int target) {
        used[target] = used[source];
        topK[target] = topK[source];
        bans[target] = bans[source];
    }
}
