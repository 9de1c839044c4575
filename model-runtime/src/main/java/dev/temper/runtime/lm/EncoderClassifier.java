package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.text.Tokenizer.TypedTokens;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;

/**
 * An encoder with a classification head: every token has read the whole text; the first one's final hidden state goes
 * through a dense layer and the outputs.
 */
final class EncoderClassifier implements SequenceClassifier {
    private final NDManager manager;
    private final EncoderConfig config;
    private final ClassificationHead head;
    private final Script script;
    private final Script.Values weights;
    private final Script.Values dimensions;

    /**
     * @param manager owns the weights and is owned by this model from now on
     * @param weightArrays in the order of {@link EncoderWeights}
     */
    private EncoderClassifier(
            NDManager manager, EncoderConfig config, ClassificationHead head, List<NDArray> weightArrays) {
        this.manager = manager;
        this.config = config;
        this.head = head;
        this.script = Script.compile(manager, List.of("lm/encoder.py"), "lm/encoder_methods.py");
        this.weights = Script.Values.of(weightArrays.toArray(new NDArray[0]));
        long rectified = config.family() == EncoderFamily.DISTILBERT ? 1 : 0;
        this.dimensions =
                Script.Values.of(new long[] {config.layers(), config.heads(), config.positionOrigin(), rectified});
    }

    static EncoderClassifier load(
            ModelFolder folder,
            EncoderConfig config,
            TorchRuntime runtime,
            ElementType elementType,
            LoadProgress progress) {
        NDManager manager = runtime.newManager();
        try {
            List<NDArray> weights = WeightLoader.load(
                            folder.weights(), folder.weightPlan(), elementType, manager, progress)
                    .arrays();
            return new EncoderClassifier(
                    manager, config, folder.classification().orElseThrow(), weights);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public ClassificationHead head() {
        return head;
    }

    @Override
    public int maxTokens() {
        return config.maxTokens();
    }

    @Override
    public float[][] logits(List<TypedTokens> texts) {
        try (NDManager scope = manager.newSubManager()) {
            return TokenBatch.rows(call(scope, "logits", batch(texts), texts));
        }
    }

    @Override
    public float[][] hidden(List<TypedTokens> texts) {
        try (NDManager scope = manager.newSubManager()) {
            TokenBatch batch = batch(texts);
            return batch.withoutPadding(call(scope, "hidden", batch, texts));
        }
    }

    private TokenBatch batch(List<TypedTokens> texts) {
        // RoBERTa's padding must not be counted as a position; to the others it is nothing that anyone looks at.
        return TokenBatch.of(texts, config.vocab(), maxTokens(), Math.max(0, config.positionOrigin()));
    }

    private NDArray call(NDManager scope, String method, TokenBatch batch, List<TypedTokens> texts) {
        NDArray types = batch.matrix(scope, types(batch, texts));
        NDArray lengths = scope.create(batch.lengths());
        return script.call(scope, method, batch.ids(scope), types, lengths, weights, dimensions, config.layerNormEps());
    }

    /** Types of the tokens, [text x longest]; 0 at padding, and everywhere for families that do not read them. */
    private long[] types(TokenBatch batch, List<TypedTokens> texts) {
        long[] types = new long[batch.ids().length];
        if (config.readsTokenTypes()) {
            for (int i = 0; i < texts.size(); i++) {
                int[] text = texts.get(i).typeIds();
                for (int t = 0; t < text.length; t++) {
                    if (text[t] < 0 || text[t] >= config.tokenTypes()) {
                        throw new IllegalArgumentException(
                                "token type " + text[t] + " is not one of the model's " + config.tokenTypes());
                    }
                    types[i * batch.longest() + t] = text[t];
                }
            }
        }
        return types;
    }

    @Override
    public void close() {
        weights.close();
        dimensions.close();
        manager.close();
    }
}
