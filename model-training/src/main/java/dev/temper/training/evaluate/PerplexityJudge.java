package dev.temper.training.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * How likely a model finds answers, given their prompts: unguided, at temperature 1, over its whole vocabulary. Owns its
 * model and tokenizer; used by one thread.
 */
public final class PerplexityJudge implements AutoCloseable {
    /** Tokens read in one go. */
    private static final int TOKENS_AT_ONCE = 4096;

    /** Logits, of 4 bytes, held in one go. */
    private static final int LOGITS_AT_ONCE = 1 << 25;

    private final ModelFolder folder;
    private final CausalLm model;
    private final Tokenizer tokenizer;
    private final PromptEncoder prompts;
    private final NDManager manager;
    private final Script script;

    private PerplexityJudge(ModelFolder folder, CausalLm model, Tokenizer tokenizer) {
        this.folder = folder;
        this.model = model;
        this.tokenizer = tokenizer;
        this.prompts = PromptEncoder.load(folder.path(), tokenizer);
        this.manager = model.newScope();
        this.script = Script.compile(manager, List.of(), "training/likelihood.py");
    }

    /**
     * Loads the model that judges.
     *
     * @param generator the model that is judged; answers are handed over as its token ids, so both need one tokenizer
     * @throws TemperException if they have not
     */
    public static PerplexityJudge load(
            ModelFolder folder, ModelFolder generator, TorchRuntime runtime, ElementType type) {
        folder.require(ModelKind.CAUSAL_LM);
        requireSameTokenizer(folder.path(), generator.path());
        CausalLm model = CausalLm.load(folder, runtime, type, LoadProgress.SILENT);
        try {
            return new PerplexityJudge(folder, model, Tokenizer.load(folder.path()));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static void requireSameTokenizer(Path judge, Path generator) {
        try {
            if (Files.mismatch(judge.resolve("tokenizer.json"), generator.resolve("tokenizer.json")) >= 0) {
                throw new TemperException("the judge " + judge + " has another tokenizer than the model " + generator
                        + "; name a judge with the same tokenizer.json");
            }
        } catch (IOException e) {
            throw new TemperException("cannot compare the tokenizers of " + judge + " and " + generator, e);
        }
    }

    /** Name and hash of the model that judges. */
    public String identity() {
        return folder.modelId() + " " + folder.weightsHash();
    }

    /** An answer, as token ids, to a prompt. */
    public record Continuation(Prompt prompt, List<Integer> tokenIds) {
        public Continuation {
            tokenIds = List.copyOf(tokenIds);
        }
    }

    /** Prompt and answer as one sequence; likelihood counts from position {@code start} on. */
    private record Sequence(int index, int[] ids, int start) {}

    /**
     * Negative log-likelihoods in nats, one for each answer, in their order; 0 for an answer without tokens.
     *
     * @throws TemperException if a prompt cannot be encoded
     */
    public double[] negativeLogLikelihoods(List<Continuation> continuations) {
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < continuations.size(); i++) {
            if (!continuations.get(i).tokenIds().isEmpty()) {
                sequences.add(sequence(i, continuations.get(i)));
            }
        }
        sequences.sort(Comparator.comparingInt(s -> s.ids().length));
        double[] results = new double[continuations.size()];
        for (int from = 0; from < sequences.size(); ) {
            int to = from + 1;
            while (to < sequences.size() && (to + 1 - from) * sequences.get(to).ids().length <= TOKENS_AT_ONCE) {
                to++;
            }
            judge(sequences.subList(from, to), results);
            from = to;
        }
        return results;
    }

    private Sequence sequence(int index, Continuation continuation) {
        int[] answer =
                continuation.tokenIds().stream().mapToInt(Integer::intValue).toArray();
        int room = model.shape().maxPositions() - answer.length;
        EncodedPrompt encoded = prompts.encodeTruncating(continuation.prompt(), Math.max(1, room));
        if (encoded instanceof EncodedPrompt.Fitting fitting) {
            int[] ids = Arrays.copyOf(fitting.ids(), fitting.ids().length + answer.length);
            System.arraycopy(answer, 0, ids, fitting.ids().length, answer.length);
            return new Sequence(index, ids, fitting.ids().length);
        }
        throw new TemperException("a prompt leaves no room for its answer in the judge's context of "
                + model.shape().maxPositions() + " tokens");
    }

    private void judge(List<Sequence> sequences, double[] results) {
        int time = sequences.get(sequences.size() - 1).ids().length;
        long[] ids = new long[sequences.size() * time];
        List<Integer> owners = new ArrayList<>(); // of each judged token, its sequence's index in the results
        List<Long> rows = new ArrayList<>(); // the position before it, whose state predicts it
        List<Long> targets = new ArrayList<>();
        for (int s = 0; s < sequences.size(); s++) {
            Sequence sequence = sequences.get(s);
            for (int i = 0; i < sequence.ids().length; i++) {
                ids[s * time + i] = sequence.ids()[i];
            }
            for (int i = sequence.start(); i < sequence.ids().length; i++) {
                owners.add(sequence.index());
                rows.add((long) s * time + i - 1);
                targets.add((long) sequence.ids()[i]);
            }
        }
        int atOnce = Math.max(1, LOGITS_AT_ONCE / model.shape().vocab());
        try (NDManager scope = manager.newSubManager()) {
            NDArray hidden = model.hidden(scope, scope.create(ids, new Shape(sequences.size(), time)));
            for (int from = 0; from < rows.size(); from += atOnce) {
                int to = Math.min(from + atOnce, rows.size());
                try (NDManager chunk = scope.newSubManager()) {
                    NDArray chosen = script.call(chunk, "gather", hidden, longs(chunk, rows.subList(from, to)));
                    NDArray logits = model.logits(chunk, chosen);
                    double[] nll = script.call(chunk, "nll", logits, longs(chunk, targets.subList(from, to)))
                            .toDoubleArray();
                    for (int i = 0; i < nll.length; i++) {
                        results[owners.get(from + i)] += nll[i];
                    }
                }
            }
        }
    }

    private static NDArray longs(NDManager owner, List<Long> values) {
        return owner.create(values.stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public void close() {
        manager.close();
        model.close();
        tokenizer.close();
    }
}
