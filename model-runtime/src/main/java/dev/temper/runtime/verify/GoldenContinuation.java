package dev.temper.runtime.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A greedy continuation of the reference.
 *
 * @param item the golden item, {@code greedy0} or {@code greedy_batch} for two
 * @param row its row there
 * @param prompt tokens that were continued
 * @param tokens the continuation
 * @param penalised whether {@code generation_config.json}'s repetition penalty was applied
 */
record GoldenContinuation(String item, int row, int[] prompt, int[] tokens, boolean penalised) {
    private static final Pattern SINGLE = Pattern.compile("greedy(\\d+)(_no_penalty)?");
    private static final String BATCH = "greedy_batch";

    /** Name of the tokens in reports. */
    String name() {
        return item.equals(BATCH) ? item + ".tokens[" + row + "]" : item + ".tokens";
    }

    /** With the tokens that the reference generated in another type, {@code _bf16} for one, if the folder holds them. */
    GoldenContinuation computedIn(GoldenFile golden, String type) {
        String typed = item + ".tokens" + type;
        return golden.has(typed) ? new GoldenContinuation(item, row, prompt, golden.ints(typed), penalised) : this;
    }

    /** All that the folder holds: of prompts, and of the padded batch. */
    static List<GoldenContinuation> of(GoldenFile golden) {
        List<GoldenContinuation> found = new ArrayList<>();
        for (String item : golden.prefixes(".tokens")) {
            Matcher single = SINGLE.matcher(item);
            if (single.matches() && golden.has("prompt" + single.group(1) + ".input_ids")) {
                int[] prompt = golden.ints("prompt" + single.group(1) + ".input_ids");
                found.add(new GoldenContinuation(
                        item, 0, prompt, golden.ints(item + ".tokens"), single.group(2) == null));
            } else if (item.equals(BATCH) && golden.has("batch.input_ids")) {
                List<int[]> prompts = golden.unpaddedRows("batch.input_ids", "batch.attention_mask");
                List<int[]> rows = golden.rows(item + ".tokens", prompts.size());
                for (int row = 0; row < rows.size(); row++) {
                    found.add(new GoldenContinuation(item, row, prompts.get(row), rows.get(row), true));
                }
            }
        }
        return found;
    }

    /** The prompt and all tokens but the last: what a model has read when it has computed every step's logits. */
    int[] readForAllSteps() {
        int[] ids = Arrays.copyOf(prompt, prompt.length + tokens.length - 1);
        System.arraycopy(tokens, 0, ids, prompt.length, tokens.length - 1);
        return ids;
    }
}
