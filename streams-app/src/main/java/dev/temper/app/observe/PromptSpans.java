package dev.temper.app.observe;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one prompt: one for all of its life in this process, which continues the trace that the prompt came with,
 * and one below it for each stage. Stages are written when they have ended, with the times that they had, so that no span
 * has to follow a prompt from thread to thread. One thread.
 *
 * <p>After a crash another process begins anew with the same parent, which stands in the stored headers; what the first
 * had written of ended stages stays.
 */
final class PromptSpans {
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final Tracer tracer;
    private final Span root;
    private final Context inRoot;
    private final @Nullable TraceContext cameWith;
    private @Nullable Span publish;

    /**
     * Begins.
     *
     * @param cameWith the prompt's own context
     * @param startNanos nanoseconds since the epoch, here and below
     */
    PromptSpans(Tracer tracer, String topic, Attributes place, @Nullable TraceContext cameWith, long startNanos) {
        this.tracer = tracer;
        this.cameWith = cameWith;
        Context parent = cameWith == null ? Context.root() : cameWith.asParent();
        this.root = tracer.spanBuilder("process " + topic)
                .setParent(parent)
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(startNanos, TimeUnit.NANOSECONDS)
                .setAllAttributes(place)
                .startSpan();
        this.inRoot = Context.root().with(root);
    }

    /**
     * A stage has ended. Costs nothing where nobody records.
     *
     * @param error why it failed, a low number of values; none where it did not
     */
    void stage(String name, long fromNanos, long toNanos, Supplier<Attributes> attributes, @Nullable String error) {
        if (!root.isRecording()) {
            return;
        }
        Span span = tracer.spanBuilder(name)
                .setParent(inRoot)
                .setStartTimestamp(fromNanos, TimeUnit.NANOSECONDS)
                .setAllAttributes(attributes.get())
                .startSpan();
        end(span, Math.max(fromNanos, toNanos), error);
    }

    /** What the outputs shall carry: the context of their publishing, or, where nobody traces, what the prompt carried. */
    Optional<TraceContext> outgoing(long nowNanos) {
        if (publish == null) {
            publish = tracer.spanBuilder("publish")
                    .setParent(inRoot)
                    .setSpanKind(SpanKind.PRODUCER)
                    .setStartTimestamp(nowNanos, TimeUnit.NANOSECONDS)
                    .startSpan();
        }
        return TraceContext.of(publish).or(() -> Optional.ofNullable(cameWith));
    }

    /** The prompt has left, or is left to another process. */
    void end(long nowNanos, Supplier<Attributes> attributes, @Nullable String error) {
        if (publish != null) {
            publish.end(nowNanos, TimeUnit.NANOSECONDS);
        }
        if (root.isRecording()) {
            root.setAllAttributes(attributes.get());
        }
        end(root, nowNanos, error);
    }

    private static void end(Span span, long nowNanos, @Nullable String error) {
        if (error != null) {
            span.setAttribute(ERROR, error);
            span.setStatus(StatusCode.ERROR);
        }
        span.end(nowNanos, TimeUnit.NANOSECONDS);
    }
}
