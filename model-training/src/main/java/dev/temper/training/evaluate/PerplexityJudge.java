package dev.temper.training.evaluate;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.likelihood.LikelihoodModel;
import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How likely a model finds answers that another model with the same tokenizer gave, given their prompts: unguided, at
 * temperature 1, over its whole vocabulary. Owns its model and tokenizer; used by one thread.
 */
public final class PerplexityJudge implements AutoCloseable {
    private final ModelFolder folder;
    private final SpanEncoder encoder;
    private final LikelihoodModel model;

    private PerplexityJudge(ModelFolder folder, SpanEncoder encoder, LikelihoodModel model) {
        this.folder = folder;
        this.encoder = encoder;
        this.model = model;
    }

    /**
     * Loads the model that judges.
     *
     * @throws TemperException if the folder is no causal language model
     */
    public static PerplexityJudge load(ModelFolder folder, TorchRuntime runtime, ElementType type) {
        LikelihoodModel model = LikelihoodModel.open(folder, runtime, type);
        try {
            return new PerplexityJudge(folder, SpanEncoder.load(folder), model);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * Answers are handed over as token ids, so the judge and the model that answers need one tokenizer.
     *
     * @throws TemperException if they have not
     */
    public void requireTokenizerOf(ModelFolder generator) {
        requireSameTokenizer(folder.path(), generator.path());
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

    /**
     * Negative log-likelihoods in nats, one for each answer, in their order; 0 for an answer without tokens.
     *
     * @throws TemperException if a prompt cannot be encoded
     */
    public double[] negativeLogLikelihoods(List<Continuation> continuations) {
        List<TokenSpan> spans = continuations.stream().map(this::span).toList();
        return model.of(spans).stream().mapToDouble(judged -> -judged.sum()).toArray();
    }

    private TokenSpan span(Continuation continuation) {
        int[] answer =
                continuation.tokenIds().stream().mapToInt(Integer::intValue).toArray();
        return encoder.encode(continuation.prompt(), answer);
    }

    /** An answer, as text, to a prompt. {@link #toString()} shows neither. */
    public record Written(Prompt prompt, String text) {
        @Override
        public String toString() {
            return "Written[" + text.length() + " characters]";
        }
    }

    /**
     * How likely the tokens of each answer are, as the judge itself encodes them; so answers may come from a model with
     * another tokenizer.
     *
     * @throws TemperException if a prompt cannot be encoded
     */
    public List<TokenLikelihoods> likelihoods(List<Written> answers) {
        return model.of(answers.stream()
                .map(answer -> encoder.encode(answer.prompt(), encoder.tokens(answer.text())))
                .toList());
    }

    @Override
    public void close() {
        encoder.close();
        model.close();
    }
}
