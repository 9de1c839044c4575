package dev.temper.runtime.serve;

import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.text.Prompt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One prompt to answer.
 *
 * @param id names the request in logs, outcomes and {@link GenerationEngine#cancel}; never content; unique among the
 *     engine's unanswered requests
 * @param prompt what to continue
 * @param decoding how tokens are chosen
 * @param guidance which subspaces steer the choice, and how strongly
 * @param seed the same seed, prompt and weights give the same answer, whatever else runs beside it
 * @param overflow what to do with a prompt that leaves no room in the model's context
 * @param timeLimit most time from {@link GenerationEngine#offer} to the end of the answer, waiting included; above 0.
 *     When it has passed, at the next step at the latest, the request fails with
 *     {@link GenerationOutcome.Reason#DEADLINE_EXCEEDED}. None is no limit.
 */
public record GenerationRequest(
        String id,
        Prompt prompt,
        DecodingParameters decoding,
        GuidanceParameters guidance,
        long seed,
        PromptOverflow overflow,
        @Nullable Duration timeLimit) {

    public GenerationRequest {
        if (timeLimit != null && (timeLimit.isNegative() || timeLimit.isZero())) {
            throw new IllegalArgumentException("the time limit must be above 0, not " + timeLimit);
        }
    }

    /** What happens to a prompt longer than the context. */
    public enum PromptOverflow {
        /**
         * Drop the oldest messages (a leading system message stays) until prompt and answer fit; of a single message or
         * a plain prompt, the oldest tokens. The outcome says how many tokens were dropped.
         */
        TRUNCATE_LEFT,
        /** Fail the request with {@link GenerationOutcome.Reason#PROMPT_TOO_LONG}. */
        REJECT
    }
}
