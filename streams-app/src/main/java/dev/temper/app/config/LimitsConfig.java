package dev.temper.app.config;

/**
 * Bounds on memory, time and patience.
 *
 * @param maxInbox most prompts that one partition's task holds, waiting or being answered: it takes in nothing while
 *     another poll might not fit; at least 1. Raise it (2 to 4 times the engine's max_batch, divided by the partitions) when the engine's batch is not
 *     full although prompts wait in the topic; lower it when memory is short.
 * @param maxRecordBytes largest record that is taken in or sent out, key, value and headers together; at least 20,000.
 *     Keep it below every topic's max.message.bytes: a larger record cannot be sent and would stop the transaction that
 *     it is part of.
 * @param maxNewTokens most tokens that a prompt may ask for; at least 1
 * @param maxAttempts how often the model is asked, at most, before a failing prompt is rejected; at least 1
 * @param attemptTimeoutMs longest wait for the engine's outcome, its queue included, milliseconds; then the attempt is
 *     given up as a failure of the device. Raise it where answers may take longer.
 * @param deadlineMs milliseconds from a prompt's first arrival until its answer is of no use any more and it is rejected;
 *     0 is never. A prompt may ask for less.
 * @param retryBackoffMs milliseconds before the second attempt, at most; each further wait is up to twice the last
 * @param retryMaxBackoffMs longest wait between attempts, milliseconds
 * @param breaker when the device is believed to be gone
 * @param startTimeoutMs longest wait for the sidecar to be running, milliseconds
 * @param closeTimeoutMs longest wait for the sidecar to stop, milliseconds
 */
public record LimitsConfig(
        int maxInbox,
        int maxRecordBytes,
        int maxNewTokens,
        int maxAttempts,
        long attemptTimeoutMs,
        long deadlineMs,
        long retryBackoffMs,
        long retryMaxBackoffMs,
        BreakerConfig breaker,
        long startTimeoutMs,
        long closeTimeoutMs) {

    public static final int DEFAULT_MAX_INBOX = 256;
    /** Below the broker's default of 1,048,588 with room for the batch's own overhead. */
    public static final int DEFAULT_MAX_RECORD_BYTES = 1_000_000;

    public static final int DEFAULT_MAX_NEW_TOKENS = 1024;
    public static final int DEFAULT_MAX_ATTEMPTS = 3;
    public static final long DEFAULT_ATTEMPT_TIMEOUT_MS = 300_000;
    public static final long DEFAULT_RETRY_BACKOFF_MS = 200;
    public static final long DEFAULT_RETRY_MAX_BACKOFF_MS = 10_000;
    public static final long DEFAULT_START_TIMEOUT_MS = 60_000;
    public static final long DEFAULT_CLOSE_TIMEOUT_MS = 20_000;

    /** Room that a reject's own headers need beside the original record. */
    public static final int LEAST_RECORD_BYTES = 20_000;

    public static final LimitsConfig DEFAULT = new LimitsConfig(
            DEFAULT_MAX_INBOX,
            DEFAULT_MAX_RECORD_BYTES,
            DEFAULT_MAX_NEW_TOKENS,
            DEFAULT_MAX_ATTEMPTS,
            DEFAULT_ATTEMPT_TIMEOUT_MS,
            0,
            DEFAULT_RETRY_BACKOFF_MS,
            DEFAULT_RETRY_MAX_BACKOFF_MS,
            BreakerConfig.DEFAULT,
            DEFAULT_START_TIMEOUT_MS,
            DEFAULT_CLOSE_TIMEOUT_MS);

    public LimitsConfig {
        atLeast("max_inbox", maxInbox, 1);
        atLeast("max_record_bytes", maxRecordBytes, LEAST_RECORD_BYTES);
        atLeast("max_new_tokens", maxNewTokens, 1);
        atLeast("max_attempts", maxAttempts, 1);
        atLeast("attempt_timeout_ms", attemptTimeoutMs, 1);
        atLeast("deadline_ms", deadlineMs, 0);
        atLeast("retry_backoff_ms", retryBackoffMs, 0);
        atLeast("retry_max_backoff_ms", retryMaxBackoffMs, retryBackoffMs);
        atLeast("start_timeout_ms", startTimeoutMs, 1);
        atLeast("close_timeout_ms", closeTimeoutMs, 1);
    }

    static void atLeast(String key, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(key + " must be at least " + least + ", not " + value);
        }
    }

    /**
     * Milliseconds to wait before the attempt after some failed ones: from half to the whole of a wait that doubles, so
     * that prompts that failed together do not come back together.
     *
     * @param failures at least 1
     * @param jitter which part of the other half, in [0, 1)
     */
    public long backoffMs(int failures, double jitter) {
        int doublings = Math.min(failures - 1, Integer.SIZE - 2);
        double whole = Math.min(retryMaxBackoffMs, retryBackoffMs * (double) (1L << doublings));
        return Math.round(whole * (1 + jitter) / 2);
    }
}
