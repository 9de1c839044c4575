package dev.temper.benchmarks.pipeline;

/**
 * What a run measures and how long.
 *
 * @param model the folder's name
 * @param plain whether guidance and scorer were left out
 * @param prompts sent in each round for throughput
 * @param latencyPrompts sent at half load for latency
 * @param maxBatch most prompts that the engine answers at once
 * @param rounds how often everything is measured, in turn
 * @param seed of the arrivals at half load
 */
record PipelineSettings(
        String model, boolean plain, int prompts, int latencyPrompts, int maxBatch, int rounds, long seed) {
    /** Every so many prompts, one is among those that are answered one at a time, which takes long. */
    static final int ALONE_EVERY = 8;

    PipelineSettings {
        require(prompts >= ALONE_EVERY, "--prompts must be at least " + ALONE_EVERY + ", not " + prompts);
        require(latencyPrompts >= 1, "--latency-prompts must be at least 1, not " + latencyPrompts);
        require(maxBatch >= 1, "--max-batch must be at least 1, not " + maxBatch);
        require(rounds >= 1, "--rounds must be at least 1, not " + rounds);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
