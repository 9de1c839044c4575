package dev.temper.benchmarks.decode;

import java.util.List;

/**
 * What a run measures and how long.
 *
 * @param model name of the shape, or of the folder
 * @param batches sequences at once, ascending
 * @param candidates of guided tokens, ascending
 * @param rounds how often everything is measured, in turn, so that a busy moment of the machine hits all alike
 * @param steps most decoding steps of one case in one round
 * @param secondsPerCase a case that is slower stops after this time, but not before its third step
 * @param promptTokens tokens of each prompt
 * @param seed of weights, prompts and draws
 */
record DecodeSettings(
        String model,
        List<Integer> batches,
        List<Integer> candidates,
        int rounds,
        int steps,
        double secondsPerCase,
        int promptTokens,
        long seed) {
    DecodeSettings {
        batches = batches.stream().sorted().distinct().toList();
        candidates = candidates.stream().sorted().distinct().toList();
        require(!batches.isEmpty() && batches.get(0) >= 1 && last(batches) <= 1024, "--batch must be in [1, 1024]");
        require(
                candidates.isEmpty() || (candidates.get(0) >= 1 && last(candidates) <= 256),
                "--candidates must be in [1, 256]");
        require(rounds >= 1, "--rounds must be at least 1, not " + rounds);
        require(steps >= 3, "--steps must be at least 3, not " + steps);
        require(promptTokens >= 1, "--prompt-tokens must be at least 1, not " + promptTokens);
    }

    int largestBatch() {
        return last(batches);
    }

    int mostCandidates() {
        return candidates.isEmpty() ? 1 : last(candidates);
    }

    private static int last(List<Integer> ascending) {
        return ascending.get(ascending.size() - 1);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
