package dev.temper.training.evaluate;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.likelihood.LikelihoodModel;
import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.likelihood.TokenLikelihoods;
import java.util.List;

/**
 * How likely a model finds answers that other models gave, given their prompts: unguided, at temperature 1, over its whole
 * vocabulary, token by token as its own tokenizer divides them. Owns its model and tokenizer; used by one thread.
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

    /** Name and hash of the model that judges. */
    public String identity() {
        return folder.modelId() + " " + folder.weightsHash();
    }

    /** An answer, as text, to a prompt. {@link #toString()} shows neither. */
    public record Written(Prompt prompt, String text) {
        @Override
        public String toString() {
            return "Written[" + text.length() + " characters]";
        }
    }

    /**
     * How likely the tokens of each answer are, as the judge encodes them; none for an answer without text.
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
