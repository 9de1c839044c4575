package dev.temper.app.topology;

import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import org.jspecify.annotations.Nullable;

/** What a prompt's bytes turned out to be. */
sealed interface PromptReading {

    /** A prompt that the engine can be asked. */
    record Accepted(PromptEvent event, GenerationRequest request) implements PromptReading {}

    /** A prompt that gets no answer. */
    record Refused(Rejection rejection) implements PromptReading {}

    /**
     * Why a prompt gets no answer.
     *
     * @param event the prompt, where it could be read
     * @param detail what is wrong and what to do, free of content
     * @param cause what was thrown, where something was; only its class is ever shown
     */
    record Rejection(
            @Nullable PromptEvent event,
            RejectReason reason,
            Stage stage,
            String detail,
            @Nullable Throwable cause) {}
}
