package dev.temper.training.likelihood;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.torch.Script;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Log-likelihoods of token sequences under a causal language model: at temperature 1, over its whole vocabulary; unguided,
 * or steered by models that read the same text.
 * Sequences of like length are read together; those that differ in their last token only are read once. Memory is bounded
 * by {@link #TOKENS_AT_ONCE} and {@link #LOGITS_AT_ONCE}, whatever the number of sequences.
 *
 * <p>Does not own the models. Used by one thread.
 */
public final class SequenceLikelihood implements SpanLikelihood, AutoCloseable {
    /** Tokens, padding included, that are read in one go. */
    static final int TOKENS_AT_ONCE = 4096;

    /** Logits, of 4 bytes, held in one go. */
    static final int LOGITS_AT_ONCE = 1 << 25;

    private final CausalLm model;
    private final List<CausalLm> models; // the language model first
    private final Steering steering;
    private final NDManager manager;
    private final Script script;

    /** What the outputs of several models say together about the next token. */
    @FunctionalInterface
    public interface Steering {
        /**
         * @param logits [rows, vocabulary], the language model's
         * @param others [rows, outputs], those of each other model
         * @return [rows, vocabulary], logits
         */
        NDArray steer(NDManager owner, NDArray logits, List<NDArray> others);
    }

    public SequenceLikelihood(CausalLm model) {
        this(model, List.of(), (owner, logits, others) -> logits);
    }

    /** @param others of the same vocabulary */
    public SequenceLikelihood(CausalLm model, List<CausalLm> others, Steering steering) {
        this.model = model;
        this.models = Stream.concat(Stream.of(model), others.stream()).toList();
        this.steering = steering;
        this.manager = model.newScope();
        this.script = Script.compile(manager, List.of(), "training/likelihood.py");
    }

    /** What the model reads for one or more spans: all their tokens but the last, which it need not read. */
    private record Input(int[] ids, int length, List<Integer> spans) {}

    /** One judged token: whose it is, and which of that span's. */
    private record Target(int span, int index) {}

    @Override
    public int maxPositions() {
        return models.stream().mapToInt(m -> m.shape().maxPositions()).min().orElseThrow();
    }

    @Override
    public List<TokenLikelihoods> of(List<TokenSpan> spans) {
        List<TokenLikelihoods> results = spans.stream()
                .map(span -> new TokenLikelihoods(new double[span.judged()], new boolean[span.judged()]))
                .toList();
        List<Input> inputs = inputs(spans);
        for (int from = 0; from < inputs.size(); ) {
            int to = from + 1;
            while (to < inputs.size() && (to + 1 - from) * inputs.get(to).length() <= TOKENS_AT_ONCE) {
                to++;
            }
            judge(spans, inputs.subList(from, to), results);
            from = to;
        }
        return results;
    }

    /** Distinct inputs, shortest first. */
    private List<Input> inputs(List<TokenSpan> spans) {
        Map<IntBuffer, Input> inputs = new LinkedHashMap<>();
        for (int s = 0; s < spans.size(); s++) {
            int[] ids = spans.get(s).ids();
            int read = ids.length - 1;
            if (read > maxPositions()) {
                throw new IllegalArgumentException(
                        "a sequence has " + ids.length + " tokens, but the model reads " + maxPositions());
            }
            if (spans.get(s).judged() > 0) {
                inputs.computeIfAbsent(IntBuffer.wrap(ids, 0, read), key -> new Input(ids, read, new ArrayList<>()))
                        .spans()
                        .add(s);
            }
        }
        List<Input> sorted = new ArrayList<>(inputs.values());
        sorted.sort(Comparator.comparingInt(Input::length));
        return sorted;
    }

    private void judge(List<TokenSpan> spans, List<Input> inputs, List<TokenLikelihoods> results) {
        int time = inputs.get(inputs.size() - 1).length(); // the longest: they are sorted
        long[] ids = new long[inputs.size() * time]; // padded on the right with 0: attention is causal
        List<Target> targets = new ArrayList<>();
        List<Long> rows = new ArrayList<>(); // for each target the position before it, whose state predicts it
        List<Long> tokens = new ArrayList<>();
        for (int row = 0; row < inputs.size(); row++) {
            Input input = inputs.get(row);
            for (int i = 0; i < input.length(); i++) {
                ids[row * time + i] = input.ids()[i];
            }
            for (int s : input.spans()) {
                TokenSpan span = spans.get(s);
                for (int i = span.start(); i < span.ids().length; i++) {
                    targets.add(new Target(s, i - span.start()));
                    rows.add((long) row * time + i - 1);
                    tokens.add((long) span.ids()[i]);
                }
            }
        }
        int atOnce = Math.max(1, LOGITS_AT_ONCE / model.shape().vocab() / models.size());
        try (NDManager scope = manager.newSubManager()) {
            NDArray read = scope.create(ids, new Shape(inputs.size(), time));
            List<NDArray> hidden =
                    models.stream().map(m -> m.hidden(scope, read)).toList();
            for (int from = 0; from < targets.size(); from += atOnce) {
                int to = Math.min(from + atOnce, targets.size());
                double[] judged = judgeRows(hidden, rows.subList(from, to), tokens.subList(from, to));
                requireNumbers(judged);
                for (int i = from; i < to; i++) {
                    Target target = targets.get(i);
                    TokenLikelihoods result = results.get(target.span());
                    result.logLikelihoods()[target.index()] = judged[i - from];
                    result.greedy()[target.index()] = judged[to - from + i - from] == 1;
                }
            }
        }
    }

    /** @return [2, rows]: log-likelihoods, then 1 where greedy */
    private double[] judgeRows(List<NDArray> hidden, List<Long> rows, List<Long> tokens) {
        try (NDManager chunk = manager.newSubManager()) {
            NDArray at = longs(chunk, rows);
            List<NDArray> outputs = new ArrayList<>(); // [rows, outputs]
            for (int m = 0; m < models.size(); m++) {
                NDArray states = script.call(chunk, "gather", hidden.get(m), at); // [rows, hidden]
                outputs.add(models.get(m).logits(chunk, states));
            }
            NDArray logits = steering.steer(chunk, outputs.get(0), outputs.subList(1, outputs.size()));
            return script.call(chunk, "likelihood", logits, longs(chunk, tokens))
                    .toDoubleArray();
        }
    }

    /** A NaN would count as a wrong answer, and be taken for one. */
    private static void requireNumbers(double[] judged) {
        for (double value : judged) {
            if (Double.isNaN(value)) {
                throw new TemperException(
                        "a model gives likelihoods that are no numbers (NaN): its weights are damaged,"
                                + " or their type is too small for it; try float32");
            }
        }
    }

    private static NDArray longs(NDManager owner, List<Long> values) {
        return owner.create(values.stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public void close() {
        manager.close();
    }
}
