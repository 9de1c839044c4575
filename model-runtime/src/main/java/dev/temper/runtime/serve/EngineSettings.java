package dev.temper.runtime.serve;

/**
 * The engine's bounds.
 *
 * @param maxBatch most sequences on the device at once; more fills the device better and takes more cache memory
 * @param contextLength most tokens of prompt and answer together; at most the model's own context
 * @param maxQueue most requests waiting for a place; beyond it {@link GenerationEngine#offer} answers false
 * @param maxCandidates most candidates of one token that any request may ask guidance to look at
 * @param prefillTokens most prompt tokens read between two decoding steps; less keeps running answers flowing, more reads
 *     long prompts sooner
 * @param cacheBytes most bytes for keys and values; when they do not suffice for {@code maxBatch} sequences, fewer run at
 *     once. {@link #AUTOMATIC}: what these take, but at most half of the device's free memory.
 * @param keepPrefixes whether keys and values of ended sequences are kept, within {@code cacheBytes}, for prompts that
 *     begin alike
 */
public record EngineSettings(
        int maxBatch,
        int contextLength,
        int maxQueue,
        int maxCandidates,
        int prefillTokens,
        long cacheBytes,
        boolean keepPrefixes) {
    /** Of {@link #cacheBytes()}: as many as the rest asks for and the device has. */
    public static final long AUTOMATIC = 0;

    public static final EngineSettings DEFAULT = new EngineSettings(16, 1024, 256, 256, 512, AUTOMATIC, true);

    /** With an automatic cache that keeps prefixes. */
    public EngineSettings(int maxBatch, int contextLength, int maxQueue, int maxCandidates, int prefillTokens) {
        this(maxBatch, contextLength, maxQueue, maxCandidates, prefillTokens, AUTOMATIC, true);
    }

    public EngineSettings {
        require(maxBatch >= 1 && maxBatch <= 4096, "max_batch must be in [1, 4096], not " + maxBatch);
        require(contextLength >= 8, "context_length must be at least 8, not " + contextLength);
        require(maxQueue >= 1, "max_queue must be at least 1, not " + maxQueue);
        require(maxCandidates >= 2, "max_candidates must be at least 2, not " + maxCandidates);
        require(prefillTokens >= 8, "prefill_tokens must be at least 8, not " + prefillTokens);
        require(cacheBytes >= 0, "cache_bytes must be 0 (automatic) or more, not " + cacheBytes);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
