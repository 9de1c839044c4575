package dev.temper.runtime.verify;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.lm.SequenceClassifier;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.List;

/**
 * Compares what this runtime computes on this machine with what the reference implementation computed. A golden folder
 * holds {@code golden.safetensors} with {@code promptN.input_ids / .logits / .hidden} (and {@code long}, {@code batch},
 * {@code greedyN.tokens}, {@code filterN.probs}, {@code ppl.nll} …) of a language model, or {@code caseN.input_ids /
 * .logits / .probs} of a classifier, and {@code golden.json} with the texts. What is compared is what is there; what is
 * there and not compared is reported.
 */
public final class Verification {
    private Verification() {}

    /**
     * Loads the model and compares all that the golden folder holds and this runtime computes.
     *
     * @param elementType float32, in which tokens must be equal, or bfloat16 or float16, which have tolerances of their own
     * @throws TemperException if the model cannot be loaded, or the golden folder is not one or is another model's
     */
    public static VerificationReport run(
            ModelFolder model,
            Path goldenFolder,
            TorchRuntime runtime,
            ElementType elementType,
            LoadProgress progress) {
        GoldenFile golden = GoldenFile.open(goldenFolder);
        golden.requireReadable(
                model.config().shape().vocab(), model.config().shape().maxPositions());
        List<Difference> differences;
        List<TokenAgreement> greedy = List.of();
        List<TokenAgreement> sampled = List.of();
        List<TokenAgreement> tokenizer;
        if (model.kind() == ModelKind.CAUSAL_LM) {
            try (CausalLm lm = CausalLm.load(model, runtime, elementType, progress);
                    Tokenizer texts = Tokenizer.load(model.path())) {
                differences = CausalLmVerifier.differences(lm, golden, elementType);
                DecodingVerifier decoding = new DecodingVerifier(lm, golden, elementType, model.generation());
                greedy = decoding.greedy();
                sampled = decoding.sampled();
                tokenizer = TextVerifier.ofPrompts(golden, texts);
            }
        } else {
            int maxTokens = golden.json()
                    .path("max_length")
                    .asInt(model.config().shape().maxPositions());
            try (SequenceClassifier classifier = SequenceClassifier.load(model, runtime, elementType, progress);
                    Tokenizer texts = Tokenizer.loadTruncating(model.path(), maxTokens)) {
                differences =
                        new ClassifierVerifier(classifier, model.config(), golden, elementType).differences(texts);
                tokenizer = TextVerifier.ofCases(golden, texts);
            }
        }
        if (differences.isEmpty()) {
            throw new TemperException(goldenFolder.resolve("golden.safetensors") + " holds nothing to compare a "
                    + model.kind().name().toLowerCase(java.util.Locale.ROOT) + " model with");
        }
        return new VerificationReport(
                model.modelId(),
                model.weightsHash(),
                elementType,
                differences,
                greedy,
                sampled,
                tokenizer,
                golden.unread());
    }
}
