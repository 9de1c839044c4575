package dev.temper.runtime.verify;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what this runtime computes on this machine with what the reference implementation computed. A golden folder
 * holds {@code golden.safetensors} with {@code promptN.input_ids / .logits / .hidden} (and {@code long}, {@code batch},
 * {@code greedyN.tokens}, {@code ppl.nll}) of a language model, or {@code caseN.input_ids / .logits / .probs} of a
 * classifier, and {@code golden.json} with the texts.
 */
public final class Verification {
    private Verification() {}

    /**
     * Loads the model and compares all that the golden folder holds and this runtime computes.
     *
     * @param elementType float32, which has tolerances, or bfloat16, whose differences only inform
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
        List<TokenAgreement> tokenizer;
        if (model.kind() == ModelKind.CAUSAL_LM) {
            try (CausalLm lm = CausalLm.load(model, runtime, elementType, progress)) {
                CausalLmVerifier verifier = new CausalLmVerifier(
                        lm, golden, elementType, model.generation().repetitionPenalty());
                differences = verifier.differences();
                greedy = verifier.greedy();
            }
            tokenizer = prompts(golden, model);
        } else {
            try (SequenceClassifier classifier = SequenceClassifier.load(model, runtime, elementType, progress)) {
                differences = new ClassifierVerifier(classifier, model.config(), golden, elementType).differences();
            }
            tokenizer = cases(golden, model);
        }
        if (differences.isEmpty()) {
            throw new TemperException(goldenFolder.resolve("golden.safetensors") + " holds nothing to compare a "
                    + model.kind().name().toLowerCase(java.util.Locale.ROOT) + " model with");
        }
        boolean informative = elementType != ElementType.FLOAT32;
        return new VerificationReport(
                model.modelId(), model.weightsHash(), elementType, informative, differences, greedy, tokenizer);
    }

    private static List<TokenAgreement> prompts(GoldenFile golden, ModelFolder model) {
        List<TokenAgreement> agreements = new ArrayList<>();
        JsonNode prompts = golden.json().path("prompts");
        try (Tokenizer tokenizer = Tokenizer.load(model.path())) {
            for (int i = 0; i < prompts.size(); i++) {
                String name = "prompt" + i + ".input_ids";
                if (golden.has(name)) {
                    int[] ids = tokenizer.encode(prompts.get(i).asText(), true);
                    agreements.add(TokenAgreement.of(name, ids, golden.ints(name), true));
                }
            }
        }
        return agreements;
    }

    private static List<TokenAgreement> cases(GoldenFile golden, ModelFolder model) {
        List<TokenAgreement> agreements = new ArrayList<>();
        JsonNode cases = golden.json().path("cases");
        int maxTokens =
                golden.json().path("max_length").asInt(model.config().shape().maxPositions());
        try (Tokenizer tokenizer = Tokenizer.loadTruncating(model.path(), maxTokens)) {
            for (int i = 0; i < cases.size(); i++) {
                String name = "case" + i + ".input_ids";
                if (golden.has(name)) {
                    String text = cases.get(i).path("text").asText();
                    JsonNode pair = cases.get(i).path("text_pair");
                    int[] ids = pair.isTextual()
                            ? tokenizer.encodeTyped(text, pair.asText()).ids()
                            : tokenizer.encodeTyped(text).ids();
                    agreements.add(TokenAgreement.of(name, ids, golden.ints(name), true));
                }
            }
        }
        return agreements;
    }
}
