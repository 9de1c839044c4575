package dev.temper.app.observe;

import dev.temper.app.policy.Verdict;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One prompt, as it is measured: what happens to it is said here, in the order in which it happens, and becomes meters and
 * spans. Times are nanoseconds since the epoch. One thread.
 *
 * <p>Spans: {@code receive} until it is read; {@code queue} until the engine has a slot for it, from its reading or its
 * last attempt on; {@code generate}; {@code score}; {@code judge}; {@code publish}. The middle ones come again with each
 * attempt.
 */
public final class PromptWatch {

    /** A record's place in Kafka. */
    public record Place(String topic, int partition, long offset) {}

    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

    private static final AttributeKey<String> ACTION = AttributeKey.stringKey("moderation.action");
    private static final AttributeKey<String> REJECT_STAGE = AttributeKey.stringKey("moderation.reject.stage");

    private final PromptMeters meters;
    private final Tracer tracer;
    private final Place place;
    private @Nullable TraceContext trace;
    private final long arrivedNanos;
    private final long takenNanos;
    private @Nullable PromptSpans spans;
    private long waitingSinceNanos;
    private @Nullable Verdict verdict;
    private String tenant = "";

    PromptWatch(
            PromptMeters meters,
            Tracer tracer,
            Place place,
            @Nullable TraceContext trace,
            long arrivedNanos,
            long takenNanos) {
        this.meters = meters;
        this.tracer = tracer;
        this.place = place;
        this.trace = trace;
        this.arrivedNanos = arrivedNanos;
        this.takenNanos = takenNanos;
        this.waitingSinceNanos = takenNanos;
    }

    /**
     * Its bytes were read, for good or ill.
     *
     * @param cameWith the trace context that stands in its headers, or else in its event
     * @param tenantNow empty where it could not be read
     */
    public void read(@Nullable TraceContext cameWith, String tenantNow, long nowNanos) {
        trace = cameWith;
        tenant = tenantNow;
        spans().stage("receive", takenNanos, nowNanos, Attributes::empty, null);
        waitingSinceNanos = nowNanos;
    }

    private PromptSpans spans() {
        PromptSpans begun = spans;
        if (begun == null) {
            Attributes at = Attributes.builder()
                    .put("messaging.system", "kafka")
                    .put("messaging.operation.type", "process")
                    .put("messaging.destination.name", place.topic())
                    .put("messaging.destination.partition.id", Integer.toString(place.partition()))
                    .put("messaging.kafka.offset", place.offset())
                    .build();
            begun = new PromptSpans(tracer, place.topic(), at, trace, arrivedNanos);
            spans = begun;
        }
        return begun;
    }

    /** The engine gave an outcome, or was given up. */
    public void attempted(Attempt attempt) {
        meters.attempted(attempt);
        PromptSpans begun = spans();
        GenerationOutcome outcome = attempt.outcome();
        long offered = Math.max(waitingSinceNanos, attempt.offeredNanos());
        if (outcome instanceof Completed completed) {
            Timings timings = completed.timings();
            long slot = offered + nanos(timings.queueSeconds());
            long written = slot + nanos(timings.prefillSeconds() + timings.decodeSeconds());
            long scored = written + nanos(timings.scoreSeconds());
            begun.stage("queue", waitingSinceNanos, slot, Attributes::empty, null);
            begun.stage("generate", slot, written, () -> generation(attempt, completed), null);
            begun.stage("score", written, scored, Attributes::empty, null);
            waitingSinceNanos = scored;
        } else if (outcome instanceof Failed failed) {
            long ended = offered + nanos(attempt.seconds());
            begun.stage("queue", waitingSinceNanos, offered, Attributes::empty, null);
            begun.stage(
                    "generate", offered, ended, () -> request(attempt).build(), PromptMeters.lower(failed.reason()));
            waitingSinceNanos = ended;
        }
    }

    private static AttributesBuilder request(Attempt attempt) {
        return Attributes.builder()
                .put(
                        "gen_ai.operation.name",
                        PromptMeters.operation(attempt.request().prompt()))
                .put("gen_ai.provider.name", PromptMeters.PROVIDER)
                .put("gen_ai.request.max_tokens", attempt.request().decoding().maxNewTokens())
                .put("gen_ai.request.temperature", attempt.request().decoding().temperature())
                .put("gen_ai.request.top_p", attempt.request().decoding().topP());
    }

    private Attributes generation(Attempt attempt, Completed completed) {
        return request(attempt)
                .put("gen_ai.request.model", meters.modelId())
                .put("gen_ai.response.model", meters.modelId())
                .put(FINISH_REASONS, List.of(finishReason(completed)))
                .put("gen_ai.usage.input_tokens", completed.usage().promptTokens())
                .put("gen_ai.usage.output_tokens", completed.usage().outputTokens())
                .build();
    }

    /** By the names that the conventions' other providers use. */
    private static String finishReason(Completed completed) {
        return switch (completed.finishReason()) {
            case END_OF_SEQUENCE, STOP_STRING -> "stop";
            case LENGTH -> "length";
        };
    }

    /** The policy has ruled that the answer ends the prompt. */
    public void judged(Verdict ruled, long fromNanos, long nowNanos) {
        verdict = ruled;
        spans().stage("judge", fromNanos, nowNanos, () -> verdict(ruled), null);
    }

    /** The policy has ruled that the answer is written anew. */
    public void turnedDown(long fromNanos, long nowNanos) {
        meters.rewritten();
        spans().stage("judge", fromNanos, nowNanos, () -> Attributes.of(ACTION, "rewrite"), null);
        waitingSinceNanos = nowNanos;
    }

    /** The attempt failed and is made again. */
    public void retried(Reason reason) {
        meters.retried(reason);
    }

    private static Attributes verdict(Verdict ruled) {
        return Attributes.builder()
                .put(ACTION, PromptMeters.lower(ruled.action()))
                .put("moderation.severity", ruled.severity())
                .put("moderation.policy.version", ruled.policyVersion())
                .build();
    }

    /** What its outputs shall carry: a context below the prompt's own, or, where nobody traces, the prompt's own. */
    public Optional<TraceContext> outgoing(long nowNanos) {
        return spans().outgoing(nowNanos);
    }

    /** Its result was forwarded, and what was flagged. */
    public void answered(long nowNanos) {
        Verdict ruled = verdict;
        if (ruled != null) { // it always was
            meters.answered(ruled, tenant, seconds(nowNanos));
            spans().end(nowNanos, () -> verdict(ruled), null);
        }
    }

    /** Its reject was forwarded. */
    public void rejected(RejectReason reason, Stage stage, long nowNanos) {
        meters.rejected(reason, stage, seconds(nowNanos));
        spans().end(nowNanos, () -> Attributes.of(REJECT_STAGE, PromptMeters.lower(stage)), PromptMeters.lower(reason));
    }

    /** It is left, unanswered, to whoever has its partition next. */
    public void left(long nowNanos) {
        if (spans != null) {
            spans.end(nowNanos, Attributes::empty, "handed_over");
        }
    }

    private double seconds(long nowNanos) {
        return (nowNanos - arrivedNanos) / 1e9;
    }

    private static long nanos(double seconds) {
        return Math.max(0, Math.round(seconds * 1e9));
    }
}
