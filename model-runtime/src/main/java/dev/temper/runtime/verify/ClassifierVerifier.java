package dev.temper.runtime.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.EncoderConfig;
import dev.temper.runtime.lm.ModelConfig;
import dev.temper.runtime.lm.SequenceClassifier;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.text.Tokenizer.TypedTokens;
import dev.temper.runtime.verify.Difference.Quantity;
import java.util.ArrayList;
import java.util.List;

/** Compares a sequence classifier: every case alone, the padded batches, and what the reference's pipeline says of texts. */
final class ClassifierVerifier {
    private final SequenceClassifier classifier;
    private final ModelConfig config;
    private final GoldenFile golden;
    private final Tolerances tolerances;

    ClassifierVerifier(SequenceClassifier classifier, ModelConfig config, GoldenFile golden, ElementType type) {
        this.classifier = classifier;
        this.config = config;
        this.golden = golden;
        Tolerances float32 =
                config instanceof EncoderConfig ? Tolerances.ENCODER_CLASSIFIER : Tolerances.DECODER_CLASSIFIER;
        this.tolerances = float32.when(type);
    }

    /** @param tokenizer cuts texts to what the reference read */
    List<Difference> differences(Tokenizer tokenizer) {
        List<Difference> differences = new ArrayList<>();
        for (String item : golden.prefixes(".input_ids")) {
            List<TypedTokens> texts = texts(item);
            float[][] logits = classifier.logits(texts);
            differences.add(compare(item + ".logits", Quantity.LOGITS, logits));
            if (golden.has(item + ".probs")) {
                differences.add(compareProbabilities(item + ".probs", logits));
            }
            addHidden(differences, item, texts);
        }
        JsonNode pipeline = golden.json().path("pipeline_top_k_none");
        for (int i = 0; i < pipeline.size(); i++) {
            differences.add(comparePipeline("pipeline" + i, pipeline.get(i), tokenizer));
        }
        return differences;
    }

    /** Probabilities by the names of the labels, from text to result. */
    private Difference comparePipeline(String name, JsonNode entry, Tokenizer tokenizer) {
        float[] logits = classifier
                .logits(List.of(tokenizer.encodeTyped(entry.path("text").asText())))[0];
        double[] probabilities = classifier.head().probabilities(logits);
        DifferenceMeter meter = new DifferenceMeter(name, Quantity.PROBABILITY);
        for (JsonNode score : entry.path("result").path(0)) {
            int label = classifier.head().labels().indexOf(score.path("label").asText());
            meter.add(
                    label < 0 ? Double.NaN : probabilities[label],
                    score.path("score").asDouble());
        }
        return meter.result(tolerances);
    }

    /** Hidden states of one text: of its first token, its last, and all. */
    private void addHidden(List<Difference> differences, String item, List<TypedTokens> texts) {
        List<String> names = List.of(".hidden_first", ".hidden_last", ".last_hidden_state");
        if (texts.size() != 1 || names.stream().noneMatch(name -> golden.has(item + name))) {
            return;
        }
        float[] states = classifier.hidden(texts)[0];
        int width = states.length / texts.get(0).ids().length;
        for (String name : names) {
            if (golden.has(item + name)) {
                int count = name.equals(".last_hidden_state") ? states.length : width;
                int from = name.equals(".hidden_last") ? states.length - width : 0;
                DifferenceMeter meter = new DifferenceMeter(item + name, Quantity.HIDDEN);
                meter.add(states, from, golden.floats(item + name, count), 0, count);
                differences.add(meter.result(tolerances));
            }
        }
    }

    private List<TypedTokens> texts(String item) {
        String ids = item + ".input_ids";
        String types = item + ".token_type_ids";
        if (!golden.has(item + ".attention_mask")) {
            int[] text = golden.ints(ids);
            return List.of(golden.has(types) ? typed(item, text, golden.ints(types)) : typedByCase(item, text));
        }
        String mask = item + ".attention_mask";
        List<int[]> rows = golden.unpaddedRows(ids, mask);
        if (!golden.has(types)) {
            return rows.stream().map(TypedTokens::single).toList();
        }
        List<int[]> rowTypes = golden.unpaddedRows(types, mask);
        List<TypedTokens> texts = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            texts.add(typed(item, rows.get(row), rowTypes.get(row)));
        }
        return texts;
    }

    /** Types of a case stand in {@code golden.json}, where the model has them. */
    private TypedTokens typedByCase(String item, int[] ids) {
        JsonNode cases = golden.json().path("cases");
        for (int i = 0; i < cases.size(); i++) {
            if (item.equals("case" + i) && cases.get(i).has("token_type_ids")) {
                int[] types = new int[cases.get(i).get("token_type_ids").size()];
                for (int t = 0; t < types.length; t++) {
                    types[t] = cases.get(i).get("token_type_ids").get(t).asInt(-1);
                }
                return typed(item, ids, types);
            }
        }
        return TypedTokens.single(ids);
    }

    private TypedTokens typed(String item, int[] ids, int[] types) {
        int known = config instanceof EncoderConfig encoder ? encoder.tokenTypes() : 0;
        for (int type : types) {
            if (type < 0 || (known > 0 && type >= known)) {
                throw new TemperException("token_type_ids of " + item + " hold " + type
                        + ", which this model does not know; name the golden folder of this model");
            }
        }
        if (ids.length != types.length) {
            throw new TemperException("token_type_ids of " + item + " are " + types.length + " for " + ids.length
                    + " tokens; make the golden folder anew");
        }
        return new TypedTokens(ids, types);
    }

    private Difference compare(String name, Quantity quantity, float[][] computed) {
        int width = computed[0].length;
        float[] reference = golden.floats(name, (long) computed.length * width);
        DifferenceMeter meter = new DifferenceMeter(name, quantity);
        for (int row = 0; row < computed.length; row++) {
            meter.add(computed[row], 0, reference, row * width, width);
        }
        return meter.result(tolerances);
    }

    private Difference compareProbabilities(String name, float[][] logits) {
        int width = logits[0].length;
        float[] reference = golden.floats(name, (long) logits.length * width);
        DifferenceMeter meter = new DifferenceMeter(name, Quantity.PROBABILITY);
        for (int row = 0; row < logits.length; row++) {
            double[] probabilities = classifier.head().probabilities(logits[row]);
            for (int label = 0; label < width; label++) {
                meter.add(probabilities[label], reference[row * width + label]);
            }
        }
        return meter.result(tolerances);
    }
}
