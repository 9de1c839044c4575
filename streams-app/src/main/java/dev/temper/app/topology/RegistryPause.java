package dev.temper.app.topology;

import dev.temper.app.config.LimitsConfig;
import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.RegistryUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a registry that is away from stopping everything else. Each failed call holds the stream thread for up to the
 * client's timeouts, so after one nothing that may need the registry is done for a while; and the prompt that failed
 * waits longer than that, so that those which need no call (their schema is cached) go on in between. One task's; one
 * thread.
 */
final class RegistryPause {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryPause.class);

    private final LimitsConfig limits;
    private long askAgainMs;
    private long warnAgainMs;

    RegistryPause(LimitsConfig limits) {
        this.limits = limits;
    }

    boolean mayBeAsked(long nowMs) {
        return nowMs >= askAgainMs;
    }

    /** A call for this prompt failed. */
    void failedFor(PendingPrompt prompt, long nowMs, RegistryOutageException e) {
        askAgainMs = nowMs + limits.retryBackoffMs();
        int failures = prompt.registryFailed();
        prompt.postpone(
                askAgainMs + limits.backoffMs(failures, prompt.entry().origin().jitter(failures)));
        if (nowMs >= warnAgainMs) {
            warnAgainMs = nowMs + limits.retryMaxBackoffMs();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            // Our own client's messages hold no content, and say what to do.
            boolean ours = cause instanceof RegistryUnavailableException || cause instanceof RegistryRefusedException;
            LOG.warn(
                    "prompts wait for the schema registry; nothing is lost: {}",
                    ours ? cause.getMessage() : cause.getClass().getName());
        }
    }
}
