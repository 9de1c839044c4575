package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchRules;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.Joined;
import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Decodes under a {@link NextTokenRule}: the language model and the rule's companions read the same sequences side by
 * side, each with its own cache in the same slots. Under {@link PlainRule} it gives token for token what the serving
 * engine's decoder gives without guidance.
 *
 * <p>A sequence's slot is its place among the running ones. Every token is chosen as soon as the models have read all
 * before it, the first one when the prompt is read. Owns the caches and the rule, not the language model; used by one
 * thread.
 */
final class BaselineDecoder implements SequenceDecoder {
    private static final int DECISION_COLUMNS = 3;

    private final NDManager manager;
    private final CachedModel base;
    private final NextTokenRule rule;
    private final List<CachedModel> models; // the language model first
    private final List<int[]> forbidden;
    private final Script script;
    private final NDArray[] memory; // with a row for each slot
    private final Script.Values sampling;
    private final BatchRules rules;
    private final int slots;
    private final int contextLength;
    private final List<Sequence> running = new ArrayList<>(); // by slot
    private final List<Sequence> reading = new ArrayList<>(); // longest waiting first; they have no slot yet
    private volatile long cacheBytesUsed;

    /**
     * @param limits whose {@code contextLength} every companion can read, too
     * @param forbidden runs of tokens that no sequence may have, beside its own bad words
     */
    BaselineDecoder(CausalLm lm, NextTokenRule rule, CacheLimits limits, List<int[]> forbidden) {
        this.slots = limits.slots();
        this.contextLength = Math.min(limits.contextLength(), lm.shape().maxPositions());
        this.rule = rule;
        this.forbidden = List.copyOf(forbidden);
        this.manager = lm.newScope();
        this.base = new CachedModel(lm, false, slots, contextLength);
        this.models = Stream.concat(Stream.of(base), rule.companions().stream()).toList();
        this.script = Script.compile(
                manager,
                List.of("decode/sampling.py", "training/nado.py", "training/baselines.py"),
                "training/baseline_methods.py");
        int vocabulary = lm.shape().vocab();
        NDArray[] state = {
            manager.zeros(new Shape(slots, vocabulary), DataType.BOOLEAN), // tokens seen
            manager.zeros(new Shape(slots, vocabulary), DataType.FLOAT32), // times generated
            manager.zeros(new Shape(slots, BatchRules.COLUMNS), DataType.FLOAT64) // settings
        };
        this.sampling = Script.Values.of(state);
        this.memory = Stream.concat(Stream.of(state), rule.memory().stream()).toArray(NDArray[]::new);
        this.rules = new BatchRules(manager, slots, vocabulary);
    }

    /** A sequence that joined. */
    private static final class Sequence {
        final Admission admission;
        final double firstUniform;
        int cached;
        int newest;

        Sequence(Admission admission, double firstUniform) {
            this.admission = admission;
            this.firstUniform = firstUniform;
        }

        int[] prompt() {
            return admission.promptIds();
        }
    }

    @Override
    public int freeSlots() {
        return slots - running.size() - reading.size();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public long cacheBytes() {
        return (long) slots * contextLength * bytesPerToken();
    }

    @Override
    public long cacheBytesUsed() {
        return cacheBytesUsed;
    }

    private long bytesPerToken() {
        return models.stream().mapToLong(CachedModel::bytesPerToken).sum();
    }

    /** @throws IllegalArgumentException if it asks for guidance, of which there is none here */
    @Override
    public void join(Admission asked, double uniform) {
        if (freeSlots() == 0 || asked.promptIds().length >= contextLength || asked.maxCandidates() > 0) {
            throw new IllegalArgumentException("a prompt of " + asked.promptIds().length + " tokens and "
                    + asked.maxCandidates() + " candidates does not fit " + freeSlots() + " slots of "
                    + contextLength + " without guidance");
        }
        List<int[]> words =
                Stream.concat(asked.badWords().stream(), forbidden.stream()).toList();
        Admission admission =
                new Admission(asked.promptIds(), asked.decoding(), 0, new double[0], words, asked.endTokens());
        reading.add(new Sequence(admission, uniform));
    }

    /** Whole prompts, at least one of them. Those that are alike are read once. */
    @Override
    public List<Joined> read(int budget) {
        if (reading.isEmpty()) {
            return List.of();
        }
        PromptPlan plan = new PromptPlan(
                running.stream().map(Sequence::prompt).toList(),
                reading.stream().map(Sequence::prompt).toList(),
                budget);
        List<Sequence> ending = List.copyOf(reading.subList(0, plan.prompts()));
        int first = running.size();
        try (NDManager scope = manager.newSubManager()) {
            plan.before().forEach(this::copy);
            PromptRows rows = PromptRows.of(scope, plan.parts());
            List<NDArray> outputs = new ArrayList<>();
            for (CachedModel model : models) {
                NDArray read = model.read(scope, rows);
                outputs.add(script.call(scope, "rows", read, plan.rowOf(scope)));
            }
            plan.after().forEach(this::copy);
            begin(scope, ending, first);
            running.addAll(ending);
            reading.subList(0, ending.size()).clear();
            ending.forEach(sequence -> sequence.cached = sequence.prompt().length);
            double[] uniforms = ending.stream().mapToDouble(s -> s.firstUniform).toArray();
            NDArray newest = tokens(
                    scope,
                    ending.stream()
                            .mapToInt(s -> s.prompt()[s.prompt().length - 1])
                            .toArray());
            List<Decision> decisions = choose(scope, outputs, true, first, newest, uniforms);
            List<Joined> joined = new ArrayList<>();
            for (int i = 0; i < ending.size(); i++) {
                joined.add(new Joined(i, plan.reused(i), decisions.get(i)));
            }
            return joined;
        }
    }

    private void copy(PromptPlan.Copy copy) {
        models.forEach(model -> model.copy(copy.source(), copy.target(), copy.tokens()));
    }

    private void begin(NDManager scope, List<Sequence> sequences, int first) {
        int longest = sequences.stream().mapToInt(s -> s.prompt().length).max().orElseThrow();
        long[] ids = new long[sequences.size() * longest];
        double[] settings = new double[sequences.size() * BatchRules.COLUMNS];
        for (int i = 0; i < sequences.size(); i++) {
            int[] prompt = sequences.get(i).prompt();
            for (int t = 0; t < longest; t++) {
                ids[i * longest + t] = prompt[t < prompt.length ? t : 0];
            }
            rules.admit(first + i, sequences.get(i).admission);
            BatchRules.write(sequences.get(i).admission, 0, settings, i * BatchRules.COLUMNS);
        }
        script.execute(
                "begin",
                scope.create(ids, new Shape(sequences.size(), longest)),
                scope.create(settings, new Shape(sequences.size(), BatchRules.COLUMNS)),
                first,
                sampling);
    }

    @Override
    public List<Decision> step(double[] uniforms) {
        for (Sequence sequence : running) {
            if (sequence.cached >= contextLength) {
                throw new IllegalStateException("a sequence has filled its context of " + contextLength);
            }
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray newest =
                    tokens(scope, running.stream().mapToInt(s -> s.newest).toArray());
            Lengths before = lengths(scope, 0, running.size());
            List<NDArray> outputs = new ArrayList<>();
            for (CachedModel model : models) {
                outputs.add(model.step(scope, newest, before));
            }
            running.forEach(sequence -> sequence.cached++);
            script.execute("generated", newest, sampling);
            return choose(scope, outputs, false, 0, newest, uniforms);
        }
    }

    /** The next tokens of the sequences from a slot on, and the call's only transfer from the device. */
    private List<Decision> choose(
            NDManager scope, List<NDArray> outputs, boolean begins, int first, NDArray newest, double[] uniforms) {
        int count = uniforms.length;
        NDArray bans = begins ? rules.bansAfterPrompt(scope, first, count) : rules.bansAfterStep(scope, count);
        Turn turn = new Turn(
                scope,
                script,
                outputs.get(0),
                outputs.subList(1, outputs.size()),
                begins,
                lengths(scope, first, count),
                first,
                List.of(newest, bans, rules.used(first, count), scope.create(uniforms), first, sampling));
        double[] packed = rule.choose(turn).toDoubleArray();
        cacheBytesUsed = running.stream().mapToLong(s -> s.cached).sum() * bytesPerToken();
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = i * DECISION_COLUMNS;
            int token = (int) packed[at];
            running.get(first + i).newest = token;
            rules.accept(first + i, token);
            decisions.add(new Decision(token, packed[at + 1] != 0, false, 1, packed[at + 2], new double[0]));
        }
        return decisions;
    }

    private Lengths lengths(NDManager scope, int first, int count) {
        return Lengths.of(
                scope,
                running.subList(first, first + count).stream()
                        .mapToLong(s -> s.cached)
                        .toArray());
    }

    private static NDArray tokens(NDManager scope, int[] ids) {
        return scope.create(java.util.Arrays.stream(ids).asLongStream().toArray());
    }

    @Override
    public void release(int index) {
        int last = running.size() - 1;
        Sequence moved = running.remove(last);
        if (index != last) {
            running.set(index, moved);
            models.forEach(model -> model.copy(last, index, moved.cached));
            script.execute("move", last, index, memory);
            rules.move(last, index);
        }
    }

    @Override
    public void giveUp(int reader) {
        reading.remove(reader);
    }

    @Override
    public void clear() {
        running.clear();
        reading.clear();
        cacheBytesUsed = 0;
    }

    @Override
    public void close() {
        rule.close();
        base.close();
        sampling.close();
        manager.close();
    }
}
