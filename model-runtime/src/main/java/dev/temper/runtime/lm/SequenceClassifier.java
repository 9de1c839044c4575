package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.Tokenizer.TypedTokens;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;

/** A model that gives texts outputs, one for each label. Owns its weights; used by one thread at a time. */
public sealed interface SequenceClassifier extends AutoCloseable permits DecoderClassifier, EncoderClassifier {

    /**
     * Loads a classifier's folder.
     *
     * @param elementType float32, float16 or bfloat16, whatever the files hold
     * @throws TemperException if the folder holds another kind of model, or its weights are not what its settings say
     */
    static SequenceClassifier load(
            ModelFolder folder, TorchRuntime runtime, ElementType elementType, LoadProgress progress) {
        folder.require(ModelKind.SEQUENCE_CLASSIFICATION);
        return folder.config() instanceof EncoderConfig config
                ? EncoderClassifier.load(folder, config, runtime, elementType, progress)
                : DecoderClassifier.load(folder, runtime, elementType, progress);
    }

    /** Names of the outputs and what they mean. */
    ClassificationHead head();

    /** Most tokens of one text, special tokens included. */
    int maxTokens();

    /**
     * Outputs for texts (or pairs of texts) that are read together.
     *
     * @param texts token ids of each text, special tokens included; 1 to {@link #maxTokens()} of them, without padding
     * @return [text][label]
     * @throws IllegalArgumentException if there is no text, one is too long, or a token is not in the vocabulary
     */
    float[][] logits(List<TypedTokens> texts);

    /**
     * Final hidden states of every token, as {@link #logits} computes them before the head.
     *
     * @return [text][token x hidden]
     */
    float[][] hidden(List<TypedTokens> texts);

    @Override
    void close();
}
