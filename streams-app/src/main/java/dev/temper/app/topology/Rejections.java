package dev.temper.app.topology;

import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;

/** The engine's reasons, as rejections. */
final class Rejections {
    private Rejections() {}

    static Rejection of(PromptEvent event, Failed failed) {
        RejectReason reason =
                switch (failed.reason()) {
                    case PROMPT_TOO_LONG -> RejectReason.PROMPT_TOO_LONG;
                    case INVALID_PROMPT -> RejectReason.INVALID_PROMPT;
                    case INVALID_PARAMETERS -> RejectReason.INVALID_PARAMETERS;
                    case NON_FINITE_LOGITS -> RejectReason.NON_FINITE_LOGITS;
                    case DEVICE_ERROR, ENGINE_CLOSED -> RejectReason.DEVICE_ERROR;
                    // Nothing here cancels prompts or limits their time, so that these are defects.
                    case CANCELLED, DEADLINE_EXCEEDED -> RejectReason.INTERNAL_ERROR;
                };
        return new Rejection(event, reason, Stage.GENERATION, failed.detail(), null);
    }
}
