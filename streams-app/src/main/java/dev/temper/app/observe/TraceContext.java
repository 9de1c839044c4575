package dev.temper.app.observe;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A W3C trace context as it stands in a record's headers; perhaps one that nobody understands. */
public record TraceContext(String traceparent, @Nullable String tracestate) {
    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    /** Today's has 55 characters; later versions may have more. */
    private static final int MAX_TRACEPARENT = 128;

    /** What everyone who carries one must carry, by the recommendation. */
    private static final int MAX_TRACESTATE = 512;

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<TraceContext> READ = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(TraceContext carrier) {
            return W3C.fields();
        }

        @Override
        public @Nullable String get(@Nullable TraceContext carrier, String key) {
            if (carrier == null) {
                return null;
            }
            return key.equals(TRACEPARENT) ? carrier.traceparent() : carrier.tracestate();
        }
    };

    /**
     * What two headers say.
     *
     * @return nothing where there is none, or one so long that it could make an output too large
     */
    public static Optional<TraceContext> of(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent == null || traceparent.length() > MAX_TRACEPARENT) {
            return Optional.empty();
        }
        boolean keeps = tracestate != null && tracestate.length() <= MAX_TRACESTATE;
        return Optional.of(new TraceContext(traceparent, keeps ? tracestate : null));
    }

    /** Where a span begins that continues this one; a root where this one is not understood. */
    Context asParent() {
        return W3C.extract(Context.root(), this, READ);
    }

    /** The context that a span gives to what follows from it; nothing where it has none. */
    static Optional<TraceContext> of(Span span) {
        Map<String, String> headers = new HashMap<>();
        W3C.inject(Context.root().with(span), headers, (map, key, value) -> {
            if (map != null) {
                map.put(key, value);
            }
        });
        String traceparent = headers.get(TRACEPARENT);
        return traceparent == null
                ? Optional.empty()
                : Optional.of(new TraceContext(traceparent, headers.get(TRACESTATE)));
    }
}
