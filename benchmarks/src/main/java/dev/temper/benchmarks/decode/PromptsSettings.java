package dev.temper.benchmarks.decode;

/**
 * What a run of {@code bench prompts} measures.
 *
 * @param model name of the shape, or of the folder
 * @param prompts how many there are
 * @param promptTokens tokens of each
 * @param sharedTokens of them those that stand for a system prompt
 * @param prefillTokens most prompt tokens read between two steps
 * @param rounds how often everything is measured, in turn
 * @param seed of weights, prompts and draws
 */
record PromptsSettings(
        String model, int prompts, int promptTokens, int sharedTokens, int prefillTokens, int rounds, long seed) {
    PromptsSettings {
        require(prompts >= 2 && prompts <= 1024, "--prompts must be in [2, 1024], not " + prompts);
        require(promptTokens >= 32, "--prompt-tokens must be at least 32, not " + promptTokens);
        require(
                sharedTokens >= 16 && sharedTokens < promptTokens,
                "--shared-tokens must be in [16, " + (promptTokens - 1) + "], not " + sharedTokens);
        require(prefillTokens >= 8, "--prefill-tokens must be at least 8, not " + prefillTokens);
        require(rounds >= 1, "--rounds must be at least 1, not " + rounds);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
