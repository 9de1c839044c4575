package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How prompts that waited get into the slots behind the running sequences: each is read once, however many sequences ask
 * for it; of one that a running sequence has, only the last token is read again, for its outputs.
 */
final class PromptPlan {
    private final List<PromptRows.Part> parts = new ArrayList<>();
    private final List<Copy> before = new ArrayList<>();
    private final List<Copy> after = new ArrayList<>();
    private final List<Integer> rowOf = new ArrayList<>(); // by prompt, the part that its outputs come from
    private final List<Integer> reused = new ArrayList<>(); // by prompt

    /** Tokens of one slot that another one takes over. */
    record Copy(int source, int target, int tokens) {}

    /**
     * @param running prompts of the running sequences, by slot
     * @param waiting the others, longest waiting first
     * @param budget most tokens that are read, but at least one prompt is
     */
    PromptPlan(List<int[]> running, List<int[]> waiting, int budget) {
        int tokens = 0;
        for (int[] prompt : waiting) {
            int target = running.size() + rowOf.size();
            int part = same(parts.stream().map(PromptRows.Part::prompt).toList(), prompt);
            if (part >= 0) {
                rowOf.add(part);
                reused.add(prompt.length);
                after.add(new Copy(parts.get(part).slot(), target, prompt.length));
                continue;
            }
            int source = same(running, prompt);
            int start = source >= 0 ? prompt.length - 1 : 0;
            tokens += prompt.length - start;
            if (tokens > budget && !parts.isEmpty()) {
                break;
            }
            if (start > 0) {
                before.add(new Copy(source, target, start));
            }
            rowOf.add(parts.size());
            reused.add(start);
            parts.add(new PromptRows.Part(prompt, target, start));
        }
    }

    private static int same(List<int[]> prompts, int[] prompt) {
        for (int i = 0; i < prompts.size(); i++) {
            if (Arrays.equals(prompts.get(i), prompt)) {
                return i;
            }
        }
        return -1;
    }

    /** How many of those that waited are read now. */
    int prompts() {
        return rowOf.size();
    }

    /** What is read. */
    List<PromptRows.Part> parts() {
        return parts;
    }

    /** Copies before anything is read. */
    List<Copy> before() {
        return before;
    }

    /** Copies of what was read. */
    List<Copy> after() {
        return after;
    }

    /** [prompts], each prompt's row of the outputs. */
    NDArray rowOf(NDManager scope) {
        return scope.create(rowOf.stream().mapToLong(Integer::longValue).toArray());
    }

    /** Tokens of a prompt that were not read for it. */
    int reused(int prompt) {
        return reused.get(prompt);
    }
}
