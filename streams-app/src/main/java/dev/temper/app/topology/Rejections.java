package dev.temper.app.topology;

import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import org.jspecify.annotations.Nullable;

/** Reasons for want of an answer, as rejections. */
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
                    case DEADLINE_EXCEEDED -> RejectReason.DEADLINE_EXCEEDED;
                    // The lane hears nothing more of what it cancelled, so that this is a defect.
                    case CANCELLED -> RejectReason.INTERNAL_ERROR;
                };
        return new Rejection(event, reason, Stage.GENERATION, failed.detail(), null);
    }

    static Rejection late(PromptEvent event) {
        return new Rejection(
                event,
                RejectReason.DEADLINE_EXCEEDED,
                Stage.GENERATION,
                "there was no answer within the prompt's deadline_ms or limits.deadline_ms; ask again, or allow more",
                null);
    }

    static Rejection defect(@Nullable PromptEvent event, Stage stage, RuntimeException e) {
        return new Rejection(
                event,
                RejectReason.INTERNAL_ERROR,
                stage,
                "a defect of the service (" + e.getClass().getName() + "); please report it",
                e);
    }
}
