package dev.temper.runtime.verify;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LmShape;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.runtime.verify.Difference.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares a causal language model: every position of every prompt, of the long text and of the padded batch; negative
 * log likelihoods; greedy continuations, decoded together with the cache.
 */
final class CausalLmVerifier {
    private final CausalLm lm;
    private final GoldenFile golden;
    private final ElementType type;
    private final Tolerances tolerances;
    private final double repetitionPenalty;

    /** @param repetitionPenalty what {@code generation_config.json} says, which the reference applies also greedily */
    CausalLmVerifier(CausalLm lm, GoldenFile golden, ElementType type, double repetitionPenalty) {
        this.lm = lm;
        this.golden = golden;
        this.type = type;
        this.tolerances = Tolerances.CAUSAL_LM.when(type);
        this.repetitionPenalty = repetitionPenalty;
    }

    List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        for (String item : golden.prefixes(".logits")) {
            if (golden.has(item + ".attention_mask")) {
                compareBatch(item, differences);
            } else if (golden.has(item + ".input_ids")) {
                compareText(item, differences);
            }
        }
        for (String item : golden.prefixes(".nll")) {
            differences.add(compareLikelihoods(item));
        }
        return differences;
    }

    private void compareText(String item, List<Difference> differences) {
        int[] ids = golden.ints(item + ".input_ids");
        Outputs outputs = read(List.of(ids));
        String suffix = type == ElementType.BFLOAT16 && golden.has(item + ".logits_bf16") ? "_bf16" : "";
        for (Quantity quantity : List.of(Quantity.LOGITS, Quantity.HIDDEN)) {
            String name = item + (quantity == Quantity.LOGITS ? ".logits" : ".hidden") + suffix;
            float[] computed = quantity == Quantity.LOGITS ? outputs.logits() : outputs.hidden();
            DifferenceMeter meter = new DifferenceMeter(name, quantity);
            meter.add(computed, 0, golden.floats(name, computed.length), 0, computed.length);
            differences.add(meter.result(tolerances));
        }
    }

    /** The reference pads on the left, this runtime on the right: rows are compared where neither pads. */
    private void compareBatch(String item, List<Difference> differences) {
        List<int[]> rows = golden.unpaddedRows(item + ".input_ids", item + ".attention_mask");
        int[] mask = golden.ints(item + ".attention_mask");
        Outputs outputs = read(rows);
        int padded = golden.size(item + ".input_ids", 1);
        for (Quantity quantity : List.of(Quantity.LOGITS, Quantity.HIDDEN)) {
            String name = item + (quantity == Quantity.LOGITS ? ".logits" : ".hidden");
            float[] computed = quantity == Quantity.LOGITS ? outputs.logits() : outputs.hidden();
            int width = quantity == Quantity.LOGITS
                    ? lm.shape().vocab()
                    : lm.shape().hidden();
            float[] reference = golden.floats(name, (long) rows.size() * padded * width);
            DifferenceMeter meter = new DifferenceMeter(name, quantity);
            for (int row = 0; row < rows.size(); row++) {
                int position = 0;
                for (int place = 0; place < padded; place++) {
                    if (mask[row * padded + place] != 0) {
                        int computedAt = (row * outputs.longest() + position) * width;
                        meter.add(computed, computedAt, reference, (row * padded + place) * width, width);
                        position++;
                    }
                }
            }
            differences.add(meter.result(tolerances));
        }
    }

    private Difference compareLikelihoods(String item) {
        int[] ids = golden.ints(item + ".input_ids");
        float[] reference = golden.floats(item + ".nll", ids.length - 1);
        float[] logits = read(List.of(ids)).logits();
        int vocab = lm.shape().vocab();
        DifferenceMeter meter = new DifferenceMeter(item + ".nll", Quantity.LOG_PROBABILITY);
        for (int i = 0; i < reference.length; i++) {
            meter.add(logSumExp(logits, i * vocab, vocab) - logits[i * vocab + ids[i + 1]], reference[i]);
        }
        return meter.result(tolerances);
    }

    private static double logSumExp(float[] values, int from, int count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, values[i]);
        }
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += Math.exp(values[i] - largest);
        }
        return largest + Math.log(sum);
    }

    /** Logits [rows x longest x vocab] and hidden states [rows x longest x hidden], flat. */
    private record Outputs(float[] logits, float[] hidden, int longest) {}

    private Outputs read(List<int[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        LmShape shape = lm.shape();
        long[] ids = new long[rows.size() * longest];
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < rows.get(row).length; i++) {
                ids[row * longest + i] = rows.get(row)[i];
            }
        }
        try (NDManager scope = lm.newScope()) {
            NDArray hidden = lm.hidden(scope, scope.create(ids, new Shape(rows.size(), longest)));
            NDArray flat = hidden.reshape(new Shape((long) rows.size() * longest, shape.hidden()));
            return new Outputs(lm.logits(scope, flat).toFloatArray(), flat.toFloatArray(), longest);
        }
    }

    /** Greedy continuations; all sequences of one length are decoded as one batch. */
    List<TokenAgreement> greedy() {
        List<TokenAgreement> agreements = new ArrayList<>();
        boolean bfloat16 = type == ElementType.BFLOAT16;
        List<int[]> prompts = new ArrayList<>();
        List<int[]> references = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String item : golden.prefixes(".tokens")) {
            if (item.matches("greedy\\d+") && golden.has(item.replace("greedy", "prompt") + ".input_ids")) {
                String tokens = bfloat16 && golden.has(item + ".tokens_bf16") ? ".tokens_bf16" : ".tokens";
                names.add(item + tokens);
                prompts.add(golden.ints(item.replace("greedy", "prompt") + ".input_ids"));
                references.add(golden.ints(item + tokens));
            } else if (item.equals("greedy_batch") && golden.has("batch.input_ids")) {
                int length = golden.size("greedy_batch.tokens", 1);
                int[] tokens = golden.ints("greedy_batch.tokens");
                for (int[] prompt : golden.unpaddedRows("batch.input_ids", "batch.attention_mask")) {
                    int row = (int) names.stream()
                            .filter(name -> name.startsWith("greedy_batch"))
                            .count();
                    names.add("greedy_batch.tokens[" + row + "]");
                    prompts.add(prompt);
                    references.add(Arrays.copyOfRange(tokens, row * length, (row + 1) * length));
                }
            }
        }
        if (prompts.isEmpty()) {
            return agreements;
        }
        int steps = references.stream().mapToInt(tokens -> tokens.length).max().orElseThrow();
        int[][] computed = decode(prompts, steps);
        for (int i = 0; i < computed.length; i++) {
            int[] reference = references.get(i);
            int[] tokens = Arrays.copyOf(computed[i], reference.length);
            agreements.add(TokenAgreement.of(names.get(i), tokens, reference, type == ElementType.FLOAT32));
        }
        return agreements;
    }

    private int[][] decode(List<int[]> prompts, int steps) {
        DecodingParameters greedy = new DecodingParameters(steps, 0, 0, 1, repetitionPenalty, List.of());
        SubspaceGuidance unguided = new SubspaceGuidance(List.of());
        double[] settings = unguided.settings(GuidanceParameters.NONE);
        List<Admission> admissions = prompts.stream()
                .map(ids -> new Admission(ids, greedy, 0, settings))
                .toList();
        int longest = prompts.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        int[][] tokens = new int[prompts.size()][steps];
        double[] uniforms = new double[prompts.size()];
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = new BatchDecoder(
                        lm, unguided.rule(scope, lm.shape().hidden()), prompts.size(), longest + steps, 2)) {
            keep(decoder.admit(admissions, uniforms), tokens, 0);
            for (int step = 1; step < steps; step++) {
                keep(decoder.step(uniforms), tokens, step);
            }
        }
        return tokens;
    }

    private static void keep(List<Decision> decisions, int[][] tokens, int step) {
        for (int i = 0; i < tokens.length; i++) {
            tokens[i][step] = decisions.get(i).token();
        }
    }
}
