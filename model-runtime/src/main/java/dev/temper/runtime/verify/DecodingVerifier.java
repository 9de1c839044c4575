package dev.temper.runtime.verify;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.GenerationDefaults;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.SubspaceGuidance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Compares what a causal language model generates, with the cache: greedy continuations, and what sampling would draw. */
final class DecodingVerifier {
    /** How the reference filtered the distributions of a golden folder. */
    private static final double REPETITION_PENALTY = 1.2;

    private static final double TEMPERATURE = 0.8;
    private static final int TOP_K = 50;
    private static final double TOP_P = 0.9;

    /** Random numbers with which each distribution is drawn from, and how far they must be from where the token changes. */
    private static final int DRAWS = 31;

    private static final double MARGIN = 1e-3;

    private final CausalLm lm;
    private final GoldenFile golden;
    private final boolean required;
    private final String computedInType;
    private final GenerationDefaults defaults;
    private final SubspaceGuidance unguided = new SubspaceGuidance(List.of());

    /**
     * @param type float32, in which a token that differs fails, or half precision, in which it does not
     * @param defaults what {@code generation_config.json} says; its penalty and bans the reference applies also greedily
     */
    DecodingVerifier(CausalLm lm, GoldenFile golden, ElementType type, GenerationDefaults defaults) {
        this.lm = lm;
        this.golden = golden;
        this.required = type == ElementType.FLOAT32;
        this.computedInType = GoldenFile.suffix(type);
        this.defaults = defaults;
    }

    /** Greedy continuations, decoded as one batch; and the batch whose rows end one by one. */
    List<TokenAgreement> greedy() {
        List<TokenAgreement> agreements = new ArrayList<>();
        List<GoldenContinuation> references = GoldenContinuation.of(golden).stream()
                .map(continuation -> continuation.computedIn(golden, computedInType))
                .toList();
        if (!references.isEmpty()) {
            int steps =
                    references.stream().mapToInt(r -> r.tokens().length).max().orElseThrow();
            List<Admission> admissions = references.stream()
                    .map(reference -> greedy(
                            reference.prompt(),
                            reference.penalised() ? defaults.repetitionPenalty() : 1,
                            defaults.eosIds()))
                    .toList();
            List<int[]> computed = decode(admissions, steps, Decision.NONE);
            for (int i = 0; i < computed.size(); i++) {
                int[] reference = references.get(i).tokens();
                int[] tokens = Arrays.copyOf(computed.get(i), reference.length);
                agreements.add(TokenAgreement.of(references.get(i).name(), tokens, reference, required));
            }
        }
        JsonNode ending = golden.json().path("eos_case");
        if (golden.has("eos_case.tokens") && golden.has("batch.input_ids") && ending.has("eos_token_id")) {
            agreements.addAll(ending(
                    ending.get("eos_token_id").asInt(),
                    ending.path("pad_token_id").asInt()));
        }
        return agreements;
    }

    private List<TokenAgreement> ending(int endToken, int padToken) {
        List<int[]> prompts = golden.unpaddedRows("batch.input_ids", "batch.attention_mask");
        List<int[]> references = golden.rows("eos_case.tokens", prompts.size());
        int steps = references.get(0).length;
        List<int[]> computed = decode(
                prompts.stream()
                        .map(prompt -> greedy(prompt, defaults.repetitionPenalty(), List.of(endToken)))
                        .toList(),
                steps,
                endToken);
        List<TokenAgreement> agreements = new ArrayList<>();
        for (int row = 0; row < computed.size(); row++) {
            int[] tokens = Arrays.copyOf(computed.get(row), steps);
            Arrays.fill(tokens, Math.min(steps, computed.get(row).length), steps, padToken);
            agreements.add(TokenAgreement.of("eos_case.tokens[" + row + "]", tokens, references.get(row), required));
        }
        return agreements;
    }

    private Admission greedy(int[] prompt, double penalty, List<Integer> endTokens) {
        DecodingParameters decoding = DecodingParameters.DEFAULT
                .with()
                .temperature(0)
                .repetitionPenalty(penalty)
                .noRepeatNgramSize(defaults.noRepeatNgramSize())
                .minNewTokens(Math.max(defaults.minNewTokens(), defaults.minLength() - prompt.length))
                .build();
        List<int[]> badWords = defaults.badWordIds().stream()
                .map(word -> word.stream().mapToInt(Integer::intValue).toArray())
                .toList();
        return new Admission(
                prompt, decoding, 0, unguided.settings(GuidanceParameters.NONE), badWords, Set.copyOf(endTokens));
    }

    private Admission admission(int[] prompt, DecodingParameters decoding) {
        return new Admission(prompt, decoding, 0, unguided.settings(GuidanceParameters.NONE));
    }

    private BatchDecoder decoder(NDManager scope, List<Admission> admissions, int slots, int steps) {
        int longest =
                admissions.stream().mapToInt(a -> a.promptIds().length).max().orElseThrow();
        return new BatchDecoder(lm, unguided.rule(scope, lm.shape().hidden()), slots, longest + steps, 2);
    }

    /** Tokens of each; a row that gives the end token leaves the batch, and the others go on. */
    private List<int[]> decode(List<Admission> admissions, int steps, int endToken) {
        List<List<Integer>> tokens = new ArrayList<>();
        List<Integer> rows = new ArrayList<>(); // by slot
        for (int row = 0; row < admissions.size(); row++) {
            tokens.add(new ArrayList<>());
            rows.add(row);
        }
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = decoder(scope, admissions, admissions.size(), steps)) {
            List<Decision> decisions = decoder.admit(admissions, new double[admissions.size()]);
            for (int step = 1; !decisions.isEmpty(); step++) {
                for (int slot = decisions.size() - 1; slot >= 0; slot--) {
                    int token = decisions.get(slot).token();
                    tokens.get(rows.get(slot)).add(token);
                    if (token == endToken || step == steps) {
                        decoder.release(slot);
                        int last = rows.remove(rows.size() - 1);
                        if (slot < rows.size()) {
                            rows.set(slot, last);
                        }
                    }
                }
                decisions = rows.isEmpty() ? List.of() : decoder.step(new double[rows.size()]);
            }
        }
        return tokens.stream()
                .map(row -> row.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /**
     * What sampling draws after each prompt, against the reference's filtered distributions: for random numbers spread over
     * [0, 1), the token must be the one that the inverse CDF over its probabilities gives, tokens in falling order; for one
     * just below 1, the least likely token that it kept.
     */
    List<TokenAgreement> sampled() {
        List<Draws> all = new ArrayList<>();
        for (String item : golden.prefixes(".probs")) {
            String prompt = item.replace("filter", "prompt") + ".input_ids";
            if (item.matches("filter\\d+") && golden.has(prompt)) {
                int[] ids = golden.ints(prompt);
                golden.covered(item, ".repetition_penalty", ".temperature", ".top_k", ".top_p"); // steps to .probs
                all.add(draws(ids, item + ".probs", TOP_K, TOP_P, REPETITION_PENALTY));
                if (golden.has(item + ".only_top_p")) {
                    all.add(draws(ids, item + ".only_top_p", 0, TOP_P, 1));
                }
                if (golden.has(item + ".only_top_k")) {
                    all.add(draws(ids, item + ".only_top_k", TOP_K, 1, 1));
                }
            }
        }
        if (all.isEmpty()) {
            return List.of();
        }
        List<Admission> admissions = all.stream().map(Draws::admission).toList();
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = decoder(scope, admissions, DRAWS + 1, 1)) {
            return all.stream().map(draws -> draws.agreement(decoder, required)).toList();
        }
    }

    /** Random numbers, and the tokens that they draw from one distribution. */
    private record Draws(String name, Admission admission, List<Double> uniforms, List<Integer> tokens) {
        TokenAgreement agreement(BatchDecoder decoder, boolean required) {
            int[] drawn = decoder
                    .admit(
                            Collections.nCopies(uniforms.size(), admission),
                            uniforms.stream().mapToDouble(u -> u).toArray())
                    .stream()
                    .mapToInt(Decision::token)
                    .toArray();
            decoder.clear();
            return TokenAgreement.of(
                    name, drawn, tokens.stream().mapToInt(t -> t).toArray(), required);
        }
    }

    private Draws draws(int[] prompt, String name, int topK, double topP, double penalty) {
        DecodingParameters decoding = new DecodingParameters(1, TEMPERATURE, topK, topP, penalty, List.of());
        Draws draws = new Draws(name, admission(prompt, decoding), new ArrayList<>(), new ArrayList<>());
        inverseCdf(golden.floats(name, lm.shape().vocab()), draws.uniforms(), draws.tokens());
        return draws;
    }

    /** Random numbers and the tokens that they draw from a distribution, without numbers on the edge between two tokens. */
    private static void inverseCdf(float[] probabilities, List<Double> uniforms, List<Integer> tokens) {
        Integer[] order = new Integer[probabilities.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Float.compare(probabilities[b], probabilities[a]));
        double sum = 0;
        int draw = 0;
        for (int rank = 0; rank < order.length && probabilities[order[rank]] > 0; rank++) {
            double before = sum;
            sum += probabilities[order[rank]];
            for (; draw < DRAWS && (draw + 0.5) / DRAWS < sum; draw++) {
                double u = (draw + 0.5) / DRAWS;
                if (u - before > MARGIN && sum - u > MARGIN) {
                    uniforms.add(u);
                    tokens.add(order[rank]);
                }
            }
            if (rank + 1 == order.length || probabilities[order[rank + 1]] == 0) {
                uniforms.add(Math.nextDown(1.0));
                tokens.add(order[rank]);
            }
        }
    }
}
