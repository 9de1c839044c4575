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
 * <p>Owns the cache and all device state; used by one thread. The life of a sequence: {@link #join} gives it a slot, calls
 * of {@link #read} read its prompt, the last of them makes it run, calls of {@link #step} decide a token each, and
 * {@link #release} frees the slot. Running sequences are known by their place in the lists that go in and come out;
 * {@link #release} moves the last one into the freed place.
 *
 * <p>A prompt that begins like a sequence that the cache knows, running, read or kept, takes that part over. A step runs
 * every candidate of every sequence as one row: each row attends to its sequence's cached prefix and to itself, one
 * candidate is chosen, and only its keys and values are committed (methods.md, "The exact fast algorithm").
 */
public final class BatchDecoder implements SequenceDecoder {
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
    private final KvCache cache;
    private final Slots slots;
    private final KeptPrefixes kept;
    private final PrefixSharing sharing;
    private final CacheLimits limits;
    private final int[] widths; // candidates of the next token, by slot
    private long passes;
    private volatile long cacheBytesUsed;

    /** A decoder that keeps nothing of ended sequences. */
    public BatchDecoder(CausalLm lm, CandidateRule rule, int slots, int contextLength, int maxCandidates) {
        this(lm, rule, new CacheLimits(slots, contextLength, 0), maxCandidates);
    }

    /** @param maxCandidates most candidates of one token that any sequence may ask for */
    public BatchDecoder(CausalLm lm, CandidateRule rule, CacheLimits limits, int maxCandidates) {
        this.lm = lm;
        this.limits = limits;
        this.contextLength = Math.min(limits.contextLength(), lm.shape().maxPositions());
        this.manager = lm.newScope();
        lm.reservePositions(contextLength);
        int slots = limits.slots();
        this.widths = new int[slots];
        this.ruleColumns = rule.settingsColumns();
        this.rules = new BatchRules(manager, slots, lm.shape().vocab());
        List<String> texts = new ArrayList<>(lm.familyTexts());
        texts.addAll(List.of("decode/sampling.py", "decode/prefill.py", "decode/step.py", rule.text()));
        this.script = Script.compile(manager, texts, "decode/methods.py");
        Shape cacheShape = new Shape(
                lm.shape().layers(),
                slots,
                lm.shape().kvHeads(),
                this.contextLength,
                lm.shape().headDim());
        int width = Math.min(maxCandidates, lm.shape().vocab());
        this.stateArrays = new NDArray[] {
            lm.zeros(manager, cacheShape), // keys [layers, slots, kv heads, time, dim]
            lm.zeros(manager, cacheShape), // values
            manager.zeros(new Shape(slots, width), DataType.INT64), // candidate ids
            manager.zeros(new Shape(slots, width), DataType.FLOAT64), // their log p
            manager.ones(new Shape(slots), DataType.INT64), // their counts
            manager.zeros(new Shape(slots, lm.shape().vocab()), DataType.BOOLEAN), // tokens seen
            manager.zeros(new Shape(slots, BatchRules.COLUMNS + ruleColumns), DataType.FLOAT64), // settings
            manager.zeros(new Shape(slots, lm.shape().vocab()), DataType.FLOAT32) // times generated
        };
        this.state = Script.Values.of(stateArrays);
        this.rule = Script.Values.of(rule.tensors().toArray(new NDArray[0]));
        this.cache = new KvCache(manager, state, lm.shape(), lm.bytesPerElement());
        this.slots = new Slots(cache, slots);
        this.kept = new KeptPrefixes(cache, limits.keptBytes());
        this.sharing = new PrefixSharing(this.slots, cache, kept);
    }

    /** Sequences that run: those that the next {@link #step} is about. */
    public int running() {
        return slots.running().size();
    }

    /** Sequences whose prompts are being read. */
    public int reading() {
        return slots.reading().size();
    }

    @Override
    public int freeSlots() {
        return slots.free();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    /** Tokens of this running sequence that are in the cache. */
    public int cachedTokens(int index) {
        return slots.running().get(index).cached();
    }

    /** What is set aside for the slots, and what may be kept. */
    @Override
    public long cacheBytes() {
        return (long) limits.slots() * contextLength * cache.bytesPerToken() + limits.keptBytes();
    }

    /** Running sequences' and kept ones. */
    @Override
    public long cacheBytesUsed() {
        return cacheBytesUsed;
    }

    /** Decoding passes so far, prompts not counted. */
    public long passes() {
        return passes;
    }

    /**
     * Reads whole prompts, one after the other; their sequences run when this returns, in this order.
     *
     * @param uniforms a number in [0, 1) for each, which draws its first token if it is plain
     */
    public List<Decision> admit(List<Admission> admissions, double[] uniforms) {
        if (reading() > 0) {
            throw new IllegalStateException("other prompts are being read");
        }
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < admissions.size(); i++) {
            join(admissions.get(i), uniforms[i]);
            decisions.add(read(contextLength).get(0).decision());
        }
        return decisions;
    }

    @Override
    public void join(Admission admission, double uniform) {
        join(admission, uniform, true);
    }

    @Override
    public void joinAlone(Admission admission, double uniform) {
        join(admission, uniform, false);
    }

    private void join(Admission admission, double uniform, boolean shares) {
        int tokens = admission.promptIds().length;
        if (freeSlots() == 0 || tokens >= contextLength) {
            throw new IllegalArgumentException(
                    "a prompt of " + tokens + " tokens does not fit " + freeSlots() + " slots of " + contextLength);
        }
        slots.join(admission, uniform, shares);
    }

    /** Shared out as {@link PrefillShares} says. */
    @Override
    public List<Joined> read(int budget) {
        slots.clean();
        List<CachedSequence> reading = List.copyOf(slots.reading());
        int[] shares = PrefillShares.of(sharing.unread(), budget);
        PromptChunks chunks = new PromptChunks();
        List<CachedSequence> ending = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0 && shares[i] == reading.get(i).unread()) {
                ending.add(reading.get(i));
            }
        }
        slots.arrange(ending);
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                chunks.add(reading.get(i), shares[i]);
            }
        }
        List<Decision> decisions = chunks.isEmpty() ? List.of() : read(chunks, ending);
        List<Joined> joined = new ArrayList<>();
        for (int i = 0; i < ending.size(); i++) {
            joined.add(new Joined(reading.indexOf(ending.get(i)), ending.get(i).reused(), decisions.get(i)));
        }
        return joined;
    }

    private List<Decision> read(PromptChunks chunks, List<CachedSequence> ending) {
        int first = running();
        int count = ending.size();
        try (NDManager scope = manager.newSubManager()) {
            if (count == 0) {
                script.execute(
                        "read",
                        chunks.ids(scope),
                        chunks.positions(scope),
                        chunks.slots(),
                        chunks.starts(),
                        chunks.counts(),
                        state,
                        lm.weights(),
                        lm.dimensions(),
                        lm.epsilon(),
                        lm.cosines(),
                        lm.sines());
                chunks.done();
                countTokens();
                return List.of();
            }
            double[] settings = new double[count * (BatchRules.COLUMNS + ruleColumns)];
            for (int i = 0; i < count; i++) {
                rules.admit(first + i, ending.get(i).admission());
                settingsOf(ending.get(i).admission(), settings, i * (BatchRules.COLUMNS + ruleColumns));
            }
            NDArray decisions = script.call(
                    scope,
                    "prefill",
                    chunks.ids(scope),
                    chunks.positions(scope),
                    chunks.slots(),
                    chunks.starts(),
                    chunks.counts(),
                    chunks.lastRows(scope, ending),
                    first,
                    PromptChunks.whole(scope, ending),
                    scope.create(settings, new Shape(count, BatchRules.COLUMNS + ruleColumns)),
                    rules.bansAfterPrompt(scope, first, count),
                    rules.used(first, count),
                    rules.mostTopK(first, count),
                    scope.create(ending.stream()
                            .mapToDouble(CachedSequence::firstUniform)
                            .toArray()),
                    state,
                    lm.weights(),
                    lm.dimensions(),
                    lm.epsilon(),
                    lm.cosines(),
                    lm.sines());
            chunks.done();
            slots.run(ending);
            countTokens();
            return decisions(decisions, first, count);
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
    @Override
    public List<Decision> step(double[] uniforms) {
        int longest = 0;
        int shortest = contextLength;
        int width = 1;
        long[] lengthNow = new long[running()];
        for (int i = 0; i < lengthNow.length; i++) {
            int length = cachedTokens(i);
            if (length >= contextLength) {
                throw new IllegalStateException("sequence " + i + " has filled its context of " + contextLength);
            }
            lengthNow[i] = length;
            longest = Math.max(longest, length);
            shortest = Math.min(shortest, length);
            width = Math.max(width, widths[i]);
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray decisions = script.call(
                    scope,
                    "step",
                    scope.create(lengthNow),
                    longest,
                    shortest == longest,
                    width,
                    rules.bansAfterStep(scope, running()),
                    rules.used(0, running()),
                    rules.mostTopK(0, running()),
                    scope.create(uniforms),
                    state,
                    rule,
                    lm.weights(),
                    lm.dimensions(),
                    lm.epsilon(),
                    lm.cosines(),
                    lm.sines());
            passes++;
            slots.running().forEach(sequence -> sequence.cache(1));
            countTokens();
            return decisions(decisions, 0, running());
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
            slots.running().get(first + i).decide(decisions[i]);
        }
        return List.of(decisions);
    }

    /** Its keys and values are kept if there is room, and if they can be of use. */
    @Override
    public void release(int index) {
        CachedSequence ended = slots.running().get(index);
        if (ended.finite()) {
            kept.keep(ended.ids(), ended.cached(), index);
        }
        int last = running() - 1;
        if (index != last) {
            script.execute("move", last, index, state);
            widths[index] = widths[last];
            rules.move(last, index);
        }
        slots.release(index);
        countTokens();
    }

    @Override
    public void giveUp(int reader) {
        slots.giveUp(reader);
        countTokens();
    }

    /** What was kept is given up, too: the device holds no more than at the start. */
    @Override
    public void clear() {
        slots.clear();
        kept.close();
        countTokens();
    }

    private void countTokens() {
        cacheBytesUsed = slots.cachedTokens() * cache.bytesPerToken() + kept.bytes();
    }

    @Override
    public void close() {
        kept.close();
        state.close();
        rule.close();
        manager.close();
    }
}
