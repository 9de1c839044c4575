package dev.temper.runtime.decode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes a batch of sequences that join and leave at every step, one model pass a step, over a cache of fixed slots.
 *
 * <p>Owns the cache and all device state; used by one thread. Running sequences occupy slots 0 … {@link #running()}-1 in
 * the order of the lists that go in and come out; {@link #release} moves the last one into the freed slot. A step runs
 * every candidate of every sequence as one row: each row attends to its sequence's cached prefix and to itself, one
 * candidate is chosen, and only its keys and values are committed (methods.md, "The exact fast algorithm").
 */
public final class BatchDecoder implements AutoCloseable {
    /** Columns of a decision before the rule's measures. */
    private static final int DECISION_COLUMNS = 5;

    private final NDManager manager;
    private final CausalLm lm;
    private final Script script;
    private final NDArray[] stateArrays;
    private final Script.Values state;
    private final Script.Values rule;
    private final int ruleColumns;
    private final BatchRules rules;
    private final int contextLength;
    private final int[] lengths; // tokens in the cache, by slot
    private final int[] widths; // candidates of the next token, by slot
    private int running;
    private long passes;
    private volatile long cachedTokens; // of all slots

    /**
     * @param slots most sequences at once
     * @param contextLength most tokens of one sequence, at most the model's own
     * @param maxCandidates most candidates of one token that any sequence may ask for
     */
    public BatchDecoder(CausalLm lm, CandidateRule rule, int slots, int contextLength, int maxCandidates) {
        this.lm = lm;
        this.contextLength = Math.min(contextLength, lm.shape().maxPositions());
        this.manager = lm.newScope();
        this.lengths = new int[slots];
        this.widths = new int[slots];
        this.ruleColumns = rule.settingsColumns();
        this.rules = new BatchRules(manager, slots, lm.shape().vocab());
        List<String> texts = new ArrayList<>(lm.familyTexts());
        texts.addAll(List.of("decode/sampling.py", "decode/step.py", rule.text()));
        this.script = Script.compile(manager, texts, "decode/methods.py");
        Shape cache = new Shape(
                lm.shape().layers(),
                slots,
                lm.shape().kvHeads(),
                this.contextLength,
                lm.shape().headDim());
        int width = Math.min(maxCandidates, lm.shape().vocab());
        this.stateArrays = new NDArray[] {
            lm.zeros(manager, cache), // keys [layers, slots, kv heads, time, dim]
            lm.zeros(manager, cache), // values
            manager.zeros(new Shape(slots, width), DataType.INT64), // candidate ids
            manager.zeros(new Shape(slots, width), DataType.FLOAT64), // their log p
            manager.ones(new Shape(slots), DataType.INT64), // their counts
            manager.zeros(new Shape(slots, lm.shape().vocab()), DataType.BOOLEAN), // tokens seen
            manager.zeros(new Shape(slots, BatchRules.COLUMNS + ruleColumns), DataType.FLOAT64), // settings
            manager.zeros(new Shape(slots, lm.shape().vocab()), DataType.FLOAT32) // times generated
        };
        this.state = Script.Values.of(stateArrays);
        this.rule = Script.Values.of(rule.tensors().toArray(new NDArray[0]));
    }

    /** Bytes of cache that these dimensions take; what admission is decided by. */
    public static long cacheBytes(CausalLm lm, int slots, int contextLength) {
        return 2L
                * lm.shape().layers()
                * slots
                * lm.shape().kvHeads()
                * contextLength
                * lm.shape().headDim()
                * lm.bytesPerElement();
    }

    public int running() {
        return running;
    }

    public int freeSlots() {
        return lengths.length - running;
    }

    /** Most tokens, prompt and answer together, of one sequence. */
    public int contextLength() {
        return contextLength;
    }

    /** Tokens of this sequence that are in the cache. */
    public int cachedTokens(int index) {
        return lengths[index];
    }

    /** Bytes set aside for keys and values. */
    public long cacheBytes() {
        return cacheBytes(lm, lengths.length, contextLength);
    }

    /** Bytes of them that hold tokens of running sequences, as of the last step; from any thread. */
    public long cacheBytesUsed() {
        return cachedTokens * lm.shape().cacheElementsPerToken() * lm.bytesPerElement();
    }

    /** Decoding passes so far, prompts not counted. */
    public long passes() {
        return passes;
    }

    /**
     * Reads the prompts of new sequences, which take the slots after the running ones.
     *
     * @param uniforms a number in [0, 1) for each, which draws its first token if it is plain
     */
    public List<Decision> admit(List<Admission> admissions, double[] uniforms) {
        int count = admissions.size();
        int longest =
                admissions.stream().mapToInt(a -> a.promptIds().length).max().orElseThrow();
        if (count > freeSlots() || longest >= contextLength) {
            throw new IllegalArgumentException(count + " prompts of up to " + longest + " tokens do not fit "
                    + freeSlots() + " slots of " + contextLength);
        }
        long[] ids = new long[count * longest];
        long[] promptLengths = new long[count];
        double[] settings = new double[count * (BatchRules.COLUMNS + ruleColumns)];
        for (int i = 0; i < count; i++) {
            int[] prompt = admissions.get(i).promptIds();
            for (int t = 0; t < longest; t++) {
                // Padding repeats a token of the row, so that "tokens seen" stays right; causality hides it otherwise.
                ids[i * longest + t] = prompt[t < prompt.length ? t : 0];
            }
            promptLengths[i] = prompt.length;
            lengths[running + i] = prompt.length;
            settingsOf(admissions.get(i), settings, i * (BatchRules.COLUMNS + ruleColumns));
            rules.admit(running + i, admissions.get(i));
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray decisions = script.call(
                    scope,
                    "prefill",
                    scope.create(ids, new Shape(count, longest)),
                    scope.create(promptLengths),
                    running,
                    scope.create(settings, new Shape(count, BatchRules.COLUMNS + ruleColumns)),
                    rules.bansAfterPrompt(scope, running, count),
                    rules.used(running, count),
                    scope.create(uniforms),
                    state,
                    lm.weights(),
                    lm.dimensions(),
                    lm.epsilon(),
                    lm.cosines(),
                    lm.sines());
            running += count;
            countTokens();
            return decisions(decisions, running - count, count);
        }
    }

    private void settingsOf(Admission admission, double[] settings, int at) {
        BatchRules.write(admission, candidateWidth(), settings, at);
        System.arraycopy(admission.ruleSettings(), 0, settings, at + BatchRules.COLUMNS, ruleColumns);
    }

    private int candidateWidth() {
        return (int) stateArrays[2].getShape().get(1);
    }

    /**
     * One pass of the model over every candidate of every running sequence.
     *
     * @param uniforms a number in [0, 1) for each sequence: it chooses among the candidates of a guided one, and draws
     *     the token after the committed one for a plain one
     */
    public List<Decision> step(double[] uniforms) {
        int longest = 0;
        int width = 1;
        long[] lengthNow = new long[running];
        for (int i = 0; i < running; i++) {
            if (lengths[i] >= contextLength) {
                throw new IllegalStateException("sequence " + i + " has filled its context of " + contextLength);
            }
            lengthNow[i] = lengths[i];
            longest = Math.max(longest, lengths[i]);
            width = Math.max(width, widths[i]);
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray decisions = script.call(
                    scope,
                    "step",
                    scope.create(lengthNow),
                    longest,
                    width,
                    rules.bansAfterStep(scope, running),
                    rules.used(0, running),
                    scope.create(uniforms),
                    state,
                    rule,
                    lm.weights(),
                    lm.dimensions(),
                    lm.epsilon(),
                    lm.cosines(),
                    lm.sines());
            passes++;
            for (int i = 0; i < running; i++) {
                lengths[i]++;
            }
            countTokens();
            return decisions(decisions, 0, running);
        }
    }

    /** The step's only transfer from the device. */
    private List<Decision> decisions(NDArray packed, int first, int count) {
        double[] values = packed.toDoubleArray();
        int columns = values.length / count;
        Decision[] decisions = new Decision[count];
        for (int i = 0; i < count; i++) {
            int at = i * columns;
            widths[first + i] = (int) values[at + 3];
            rules.accept(first + i, (int) values[at]);
            decisions[i] = new Decision(
                    (int) values[at],
                    values[at + 1] != 0,
                    values[at + 2] != 0,
                    widths[first + i],
                    values[at + 4],
                    Arrays.copyOfRange(values, at + DECISION_COLUMNS, at + columns));
        }
        return List.of(decisions);
    }

    /** Ends a sequence; the last one takes its place. */
    public void release(int index) {
        int last = running - 1;
        if (index != last) {
            script.execute("move", last, index, lengths[last], state);
            lengths[index] = lengths[last];
            widths[index] = widths[last];
            rules.move(last, index);
        }
        running = last;
        countTokens();
    }

    private void countTokens() {
        cachedTokens = Arrays.stream(lengths, 0, running).asLongStream().sum();
    }

    /** Ends all sequences; the slots are free again. */
    public void clear() {
        running = 0;
        countTokens();
    }

    @Override
    public void close() {
        state.close();
        rule.close();
        manager.close();
    }
}
