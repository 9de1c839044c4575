package dev.temper.runtime.verify;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.SequenceClassifier;
import dev.temper.runtime.verify.Difference.Quantity;
import java.util.ArrayList;
import java.util.List;

/** Compares a sequence classifier: every case alone, and the padded batches. */
final class ClassifierVerifier {
    private final SequenceClassifier classifier;
    private final GoldenFile golden;
    private final Tolerances tolerances;

    ClassifierVerifier(SequenceClassifier classifier, GoldenFile golden, ElementType type) {
        this.classifier = classifier;
        this.golden = golden;
        this.tolerances = Tolerances.DECODER_CLASSIFIER.when(type);
    }

    List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        for (String item : golden.prefixes(".input_ids")) {
            boolean batch = golden.has(item + ".attention_mask");
            List<int[]> texts = batch
                    ? golden.unpaddedRows(item + ".input_ids", item + ".attention_mask")
                    : List.of(golden.ints(item + ".input_ids"));
            float[][] logits = classifier.logits(texts);
            differences.add(compare(item + ".logits", Quantity.LOGITS, logits));
            if (golden.has(item + ".probs")) {
                differences.add(compareProbabilities(item + ".probs", logits));
            }
            if (golden.has(item + ".hidden_last")) {
                differences.add(compare(item + ".hidden_last", Quantity.HIDDEN, classifier.lastHidden(texts)));
            }
        }
        return differences;
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
