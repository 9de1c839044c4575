package dev.temper.runtime.serve;

import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.text.Prompt;

/**
 * One prompt to answer.
 *
 * @param id names the request in logs and outcomes; never content
 * @param prompt what to continue
 * @param decoding how tokens are chosen
 * @param guidance which subspaces steer the choice, and how strongly
 * @param seed the same seed, prompt and weights give the same answer, whatever else runs beside it
 * @param overflow what to do with a prompt that leaves no room in the model's context
 */
public record GenerationRequest(
        String id,
        Prompt prompt,
        DecodingParameters decoding,
        GuidanceParameters guidance,
        long seed,
        PromptOverflow overflow) {

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
