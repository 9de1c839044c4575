package dev.temper.app.config;

/**
 * When the device is believed to be gone, and how it is found again.
 *
 * @param failures attempts that fail in a row, across prompts, before intake stops; at least 1. Raise it when single
 *     prompts make the device fail.
 * @param openMs milliseconds before the first probe; each further wait is twice the last
 * @param maxOpenMs longest wait between probes, milliseconds
 */
public record BreakerConfig(int failures, long openMs, long maxOpenMs) {

    public static final int DEFAULT_FAILURES = 5;
    public static final long DEFAULT_OPEN_MS = 1_000;
    public static final long DEFAULT_MAX_OPEN_MS = 30_000;

    public static final BreakerConfig DEFAULT =
            new BreakerConfig(DEFAULT_FAILURES, DEFAULT_OPEN_MS, DEFAULT_MAX_OPEN_MS);

    public BreakerConfig {
        LimitsConfig.atLeast("failures", failures, 1);
        LimitsConfig.atLeast("open_ms", openMs, 1);
        LimitsConfig.atLeast("max_open_ms", maxOpenMs, openMs);
    }
}
