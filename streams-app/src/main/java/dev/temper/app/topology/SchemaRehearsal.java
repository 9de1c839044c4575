package dev.temper.app.topology;

import dev.temper.app.policy.Action;
import dev.temper.app.policy.Verdict;
import dev.temper.app.topology.PromptReading.Accepted;
import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.text.Prompt;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import dev.temper.schemas.registry.RegistryRefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Writes one of each event for nobody, before the first prompt is taken in: a registry that is away, refuses our
 * credentials or finds our schemas incompatible shows at start-up, and an outage later finds the schemas' ids known.
 */
public final class SchemaRehearsal {
    private SchemaRehearsal() {}

    /** @throws TemperException if the registry does not take part */
    public static void run(LaneSettings settings) {
        Instant epoch = Instant.EPOCH;
        String topic = settings.config().topics().prompts();
        InboxEntry entry = new InboxEntry(new Origin(topic, 0, 0), 0, 0, null, null, List.of(), 0, 0, 0);
        PromptEvent event = PromptEvent.newBuilder().setPrompt("rehearsal").build();
        GenerationRequest request = new GenerationRequest(
                "rehearsal",
                new Prompt.Plain("rehearsal"),
                DecodingParameters.DEFAULT,
                GuidanceParameters.NONE,
                0,
                settings.requestDefaults().overflow(),
                null);
        Completed completed = new Completed(
                "rehearsal",
                "",
                List.of(),
                List.of(),
                FinishReason.LENGTH,
                Map.of(),
                Map.of(),
                new Usage(0, 0, 0, 0, 0, 0, 0, 0),
                new Timings(0, 0, 0, 0, 0));
        Verdict verdict = new Verdict(Action.AUDIT, 0, List.of(), "rehearsal");
        try (EventCodec codec = settings.newCodec()) {
            OutputWriter writer = settings.newWriter(codec);
            writer.answer(
                    new EventMapping.Answer(entry, new Accepted(event, request), completed, verdict, "", epoch),
                    0,
                    null);
            writer.reject(
                    entry, new Rejection(null, RejectReason.UNKNOWN, Stage.UNKNOWN, "rehearsal", null), 0, epoch, null);
        } catch (RegistryOutageException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean missing = cause instanceof RegistryRefusedException refused && refused.notFound();
            throw new TemperException(
                    "schema_registry: " + cause.getMessage()
                            + (missing ? "; temper schemas register --config FILE registers what is missing" : ""),
                    cause);
        }
    }
}
