package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder with a classification head: the last token's final hidden state, which has read the whole text, goes through
 * one linear layer.
 *
 * <p>Owns its weights; used by one thread at a time.
 */
public final class SequenceClassifier implements AutoCloseable {
    private final CausalLm decoder;
    private final ClassificationHead head;
    private final int padId;
    private final NDManager manager;
    private final Script pooling;

    private SequenceClassifier(CausalLm decoder, ClassificationHead head, int padId) {
        this.decoder = decoder;
        this.head = head;
        this.padId = padId;
        this.manager = decoder.newScope();
        this.pooling = Script.compile(manager, List.of(), "lm/pooling.py");
    }

    /**
     * Loads a classifier's folder.
     *
     * @throws TemperException if the folder holds another kind of model, or its weights are not what its settings say
     */
    public static SequenceClassifier load(
            ModelFolder folder, TorchRuntime runtime, ElementType elementType, LoadProgress progress) {
        folder.require(ModelKind.SEQUENCE_CLASSIFICATION);
        ClassificationHead head = folder.classification().orElseThrow();
        int padId = folder.config().padId().orElse(-1);
        return new SequenceClassifier(CausalLm.load(folder, runtime, elementType, progress), head, padId);
    }

    /** Names of the outputs and what they mean. */
    public ClassificationHead head() {
        return head;
    }

    /** Most tokens of one text. */
    public int maxTokens() {
        return decoder.shape().maxPositions();
    }

    /**
     * Outputs for texts that are read together.
     *
     * @param texts token ids of each text, special tokens included; 1 to {@link #maxTokens()} of them. Padding tokens at
     *     the end do not count, as in the reference.
     * @return [text][label]
     */
    public float[][] logits(List<int[]> texts) {
        try (NDManager scope = manager.newSubManager()) {
            return rows(decoder.logits(scope, pooled(scope, texts)));
        }
    }

    /**
     * What the head reads: the final hidden state of each text's last token, [text][hidden].
     *
     * @see #logits
     */
    public float[][] lastHidden(List<int[]> texts) {
        try (NDManager scope = manager.newSubManager()) {
            return rows(pooled(scope, texts));
        }
    }

    private NDArray pooled(NDManager scope, List<int[]> texts) {
        int longest = texts.stream()
                .mapToInt(ids -> ids.length)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("there must be at least one text"));
        long[] ids = new long[texts.size() * longest];
        long[] last = new long[texts.size()];
        for (int i = 0; i < last.length; i++) {
            int[] text = texts.get(i);
            if (text.length == 0 || text.length > maxTokens()) {
                throw new IllegalArgumentException(
                        "a text must have 1 to " + maxTokens() + " tokens, not " + text.length);
            }
            for (int t = 0; t < text.length; t++) {
                if (text[t] < 0 || text[t] >= decoder.shape().vocab()) {
                    throw new IllegalArgumentException("token id " + text[t] + " is not in the vocabulary of "
                            + decoder.shape().vocab());
                }
                ids[i * longest + t] = text[t]; // the rest stays 0: what follows a token cannot change its state
            }
            last[i] = lastToken(text);
        }
        NDArray hidden = decoder.hidden(scope, scope.create(ids, new Shape(texts.size(), longest)));
        return pooling.call(scope, "rows", hidden, scope.create(last));
    }

    private int lastToken(int[] text) {
        int last = text.length - 1;
        while (last > 0 && text[last] == padId) {
            last--;
        }
        return last;
    }

    private static float[][] rows(NDArray matrix) {
        float[] flat = matrix.toFloatArray();
        float[][] rows = new float[(int) matrix.getShape().get(0)][];
        int width = flat.length / rows.length;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }

    @Override
    public void close() {
        manager.close();
        decoder.close();
    }
}
