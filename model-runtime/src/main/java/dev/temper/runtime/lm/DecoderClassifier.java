package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.text.Tokenizer.TypedTokens;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;

/**
 * A decoder with a classification head: the last token's final hidden state, which has read the whole text, goes through
 * one linear layer. Padding tokens at the end of a text do not count, as in the reference. Types of tokens mean nothing.
 */
final class DecoderClassifier implements SequenceClassifier {
    private final CausalLm decoder;
    private final ClassificationHead head;
    private final int padId;
    private final NDManager manager;
    private final Script pooling;

    private DecoderClassifier(CausalLm decoder, ClassificationHead head, int padId) {
        this.decoder = decoder;
        this.head = head;
        this.padId = padId;
        this.manager = decoder.newScope();
        this.pooling = Script.compile(manager, List.of(), "lm/pooling.py");
    }

    static DecoderClassifier load(
            ModelFolder folder, TorchRuntime runtime, ElementType elementType, LoadProgress progress) {
        ClassificationHead head = folder.classification().orElseThrow();
        int padId = folder.config().padId().orElse(-1);
        return new DecoderClassifier(CausalLm.load(folder, runtime, elementType, progress), head, padId);
    }

    @Override
    public ClassificationHead head() {
        return head;
    }

    @Override
    public int maxTokens() {
        return decoder.shape().maxPositions();
    }

    @Override
    public float[][] logits(List<TypedTokens> texts) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray hidden = decoder.hidden(scope, batch(texts).ids(scope));
            long[] last =
                    texts.stream().mapToLong(text -> lastToken(text.ids())).toArray();
            return TokenBatch.rows(decoder.logits(scope, pooling.call(scope, "rows", hidden, scope.create(last))));
        }
    }

    @Override
    public float[][] hidden(List<TypedTokens> texts) {
        try (NDManager scope = manager.newSubManager()) {
            TokenBatch batch = batch(texts);
            return batch.withoutPadding(decoder.hidden(scope, batch.ids(scope)));
        }
    }

    private TokenBatch batch(List<TypedTokens> texts) {
        // Any token may stand behind a text: what follows a token cannot change its state.
        return TokenBatch.of(texts, decoder.shape().vocab(), maxTokens(), 0);
    }

    private int lastToken(int[] text) {
        int last = text.length - 1;
        while (last > 0 && text[last] == padId) {
            last--;
        }
        return last;
    }

    @Override
    public void close() {
        manager.close();
        decoder.close();
    }
}
