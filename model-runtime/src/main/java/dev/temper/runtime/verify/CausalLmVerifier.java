package dev.temper.runtime.verify;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.verify.Difference.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares what a causal language model computes for texts that it reads whole: logits and hidden states at every position
 * of every prompt, of the long text and of the padded batch; hidden states after every layer; the best logits of every
 * greedy step; negative log likelihoods, also those of a sliding window.
 */
final class CausalLmVerifier {
    private final CausalLm lm;
    private final GoldenFile golden;
    private final Tolerances tolerances;
    /** How names of values end that the reference computed in this type; never, for float32. */
    private final String computedInType;

    private final List<Difference> differences = new ArrayList<>();

    private CausalLmVerifier(CausalLm lm, GoldenFile golden, ElementType type) {
        this.lm = lm;
        this.golden = golden;
        this.tolerances = Tolerances.CAUSAL_LM.when(type);
        this.computedInType = GoldenFile.suffix(type);
    }

    static List<Difference> differences(CausalLm lm, GoldenFile golden, ElementType type) {
        CausalLmVerifier verifier = new CausalLmVerifier(lm, golden, type);
        golden.prefixes(".logits").forEach(verifier::compareLogits);
        golden.prefixes(".all_hidden_states").forEach(verifier::compareStates);
        GoldenContinuation.of(golden).forEach(verifier::compareSteps);
        golden.prefixes(".nll").forEach(verifier::compareLikelihoods);
        return verifier.differences;
    }

    private void compareLogits(String item) {
        if (golden.has(item + ".attention_mask")) {
            compareBatch(item);
        } else if (golden.has(item + ".input_ids")) {
            compareText(item);
        }
    }

    private void compareText(String item) {
        ForwardPass pass = ForwardPass.of(lm, golden.ints(item + ".input_ids"));
        compareAll(item, ".logits", Quantity.LOGITS, pass.logits());
        compareAll(item, ".hidden", Quantity.HIDDEN, pass.hidden());
    }

    /** With the reference's float32 numbers, and with those that it computed in this type, maybe for the last positions only. */
    private void compareAll(String item, String what, Quantity quantity, float[] computed) {
        compare(item + what, quantity, computed, 0, golden.floats(item + what, computed.length));
        String typed = what + computedInType;
        for (String name : golden.names(item + typed)) {
            if (name.equals(item + typed)) {
                compare(name, quantity, computed, 0, golden.floats(name, computed.length));
            } else if (name.startsWith(item + typed + "_last")) {
                float[] reference = golden.floats(name);
                compare(name, quantity, computed, computed.length - reference.length, reference);
            }
        }
    }

    private void compare(String name, Quantity quantity, float[] computed, int from, float[] reference) {
        DifferenceMeter meter = new DifferenceMeter(name, quantity);
        meter.add(computed, from, reference, 0, reference.length);
        differences.add(meter.result(tolerances));
    }

    /** The reference pads on the left, this runtime on the right: rows are compared where neither pads. */
    private void compareBatch(String item) {
        List<int[]> rows = golden.unpaddedRows(item + ".input_ids", item + ".attention_mask");
        int[] mask = golden.ints(item + ".attention_mask");
        ForwardPass pass = ForwardPass.of(lm, rows);
        requirePositionsFromZero(item, rows);
        int padded = golden.size(item + ".input_ids", 1);
        for (Quantity quantity : List.of(Quantity.LOGITS, Quantity.HIDDEN)) {
            String name = item + (quantity == Quantity.LOGITS ? ".logits" : ".hidden");
            float[] computed = quantity == Quantity.LOGITS ? pass.logits() : pass.hidden();
            int width = quantity == Quantity.LOGITS
                    ? lm.shape().vocab()
                    : lm.shape().hidden();
            float[] reference = golden.floats(name, (long) rows.size() * padded * width);
            DifferenceMeter meter = new DifferenceMeter(name, quantity);
            for (int row = 0; row < rows.size(); row++) {
                int position = 0;
                for (int place = 0; place < padded; place++) {
                    if (mask[row * padded + place] != 0) {
                        int computedAt = (row * pass.longest() + position) * width;
                        meter.add(computed, computedAt, reference, (row * padded + place) * width, width);
                        position++;
                    }
                }
            }
            differences.add(meter.result(tolerances));
        }
    }

    /** This runtime counts positions of every text from 0. */
    private void requirePositionsFromZero(String item, List<int[]> rows) {
        String name = item + ".position_ids";
        if (!golden.has(name)) {
            return;
        }
        List<int[]> positions = golden.unpaddedRows(name, item + ".attention_mask");
        for (int row = 0; row < rows.size(); row++) {
            int[] counted = IntStream.range(0, rows.get(row).length).toArray();
            if (!Arrays.equals(positions.get(row), counted)) {
                throw golden.wrong(name, "does not count from 0 in row " + row + ", which is not supported");
            }
        }
    }

    /** [layers + 1 x time x hidden]; the last may be left out, where it has another width. */
    private void compareStates(String item) {
        String name = item + ".all_hidden_states";
        int[] ids = golden.ints(item + ".input_ids");
        float[] reference = golden.floats(name);
        int count = golden.size(name, 0);
        try (NDManager scope = lm.newScope()) {
            long[] longs = Arrays.stream(ids).asLongStream().toArray();
            List<float[]> states = lm.states(scope, scope.create(longs, new Shape(1, ids.length)));
            int size = reference.length / Math.max(1, count);
            for (int layer = 0; layer < count; layer++) {
                if (layer >= states.size() || states.get(layer).length != size) {
                    throw golden.wrong(name, "does not fit the model's layers; name the golden folder of this model");
                }
                DifferenceMeter meter = new DifferenceMeter(name + "[" + layer + "]", Quantity.HIDDEN);
                meter.add(states.get(layer), 0, reference, layer * size, size);
                differences.add(meter.result(tolerances));
            }
        }
    }

    /** The reference's best logits of each step, computed with its cache, against a pass over prompt and tokens. */
    private void compareSteps(GoldenContinuation continuation) {
        String item = continuation.item();
        if (!golden.has(item + ".top10_ids") || !golden.has(item + ".top10_logits")) {
            return;
        }
        int best = golden.size(item + ".top10_ids", 2);
        int steps = continuation.tokens().length;
        int[] ids = golden.ints(item + ".top10_ids");
        float[] reference = golden.floats(item + ".top10_logits", ids.length);
        golden.covered(item, ".gap"); // of the first two
        float[] logits = ForwardPass.of(lm, continuation.readForAllSteps()).logits();
        String name = continuation.name().replace(".tokens", ".top10_logits");
        DifferenceMeter meter = new DifferenceMeter(name, Quantity.LOGITS);
        for (int step = 0; step < steps; step++) {
            int position = continuation.prompt().length - 1 + step;
            for (int rank = 0; rank < best; rank++) {
                int at = (continuation.row() * steps + step) * best + rank;
                meter.add(logits[position * lm.shape().vocab() + ids[at]], reference[at]);
            }
        }
        differences.add(meter.result(tolerances));
    }

    private void compareLikelihoods(String item) {
        int[] ids = golden.ints(item + ".input_ids");
        float[] reference = golden.floats(item + ".nll", ids.length - 1);
        double[] likelihoods = ForwardPass.of(lm, ids).negativeLogLikelihoods(ids);
        DifferenceMeter meter = new DifferenceMeter(item + ".nll", Quantity.LOG_PROBABILITY);
        for (int i = 0; i < reference.length; i++) {
            meter.add(likelihoods[i], reference[i]);
        }
        differences.add(meter.result(tolerances));
        JsonNode perplexity = golden.json().path("perplexity");
        compareMean("perplexity.full", Arrays.stream(likelihoods).sum(), likelihoods.length, perplexity.path("full"));
        JsonNode strided = perplexity.path("strided");
        if (strided.path("window").asInt() > 1 && strided.path("stride").asInt() > 0) {
            double sum = strided(
                    ids, strided.path("window").asInt(), strided.path("stride").asInt());
            compareMean("perplexity.strided", sum, ids.length - 1, strided);
        }
    }

    /** Mean negative log likelihood: what a perplexity is the exponential of. */
    private void compareMean(String name, double sum, int tokens, JsonNode reference) {
        if (reference.path("ppl").isNumber()) {
            DifferenceMeter meter = new DifferenceMeter(name, Quantity.LOG_PROBABILITY);
            meter.add(sum / tokens, Math.log(reference.path("ppl").asDouble()));
            differences.add(meter.result(tolerances));
        }
    }

    /** Every token after the first counted once, by the first window that it is in. */
    private double strided(int[] ids, int window, int stride) {
        double sum = 0;
        int counted = 1;
        for (int begin = 0; counted < ids.length; begin += stride) {
            int end = Math.min(begin + window, ids.length);
            int[] part = Arrays.copyOfRange(ids, begin, end);
            double[] likelihoods = ForwardPass.of(lm, part).negativeLogLikelihoods(part);
            for (int target = Math.max(counted, begin + 1); target < end; target++) {
                sum += likelihoods[target - begin - 1];
            }
            counted = end;
        }
        return sum;
    }
}
