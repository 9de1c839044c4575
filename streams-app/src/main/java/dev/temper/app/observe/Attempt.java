package dev.temper.app.observe;

import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationRequest;

/**
 * The engine was asked once, and this came of it.
 *
 * @param offeredNanos when it was asked, nanoseconds since the epoch
 * @param seconds from then until its outcome
 */
public record Attempt(GenerationRequest request, GenerationOutcome outcome, long offeredNanos, double seconds) {}
