package dev.temper.app.topology;

import dev.temper.app.observe.Attempt;
import dev.temper.app.observe.PromptObserver;
import dev.temper.app.observe.PromptWatch;
import dev.temper.app.observe.TraceContext;
import dev.temper.app.topology.PromptReading.Accepted;
import dev.temper.app.topology.PromptReading.Refused;
import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.schemas.HeaderNames;
import dev.temper.schemas.event.PromptEvent;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the observer what happens to a flow's prompts, in the observer's terms. */
record FlowWatch(PromptObserver observer) {

    PromptWatch taken(InboxEntry entry, long nowNanos) {
        return observer.taken(place(entry), traceOf(entry, null), nowNanos);
    }

    PromptWatch restored(InboxEntry entry, long nowNanos) {
        long arrivedNanos = TimeUnit.MILLISECONDS.toNanos(entry.arrivedMs());
        return observer.restored(place(entry), traceOf(entry, null), arrivedNanos, nowNanos);
    }

    static void read(PendingPrompt prompt, PromptReading reading, long nowNanos) {
        PromptEvent event = reading instanceof Accepted accepted
                ? accepted.event()
                : ((Refused) reading).rejection().event();
        String tenant = event == null ? "" : event.getTenant();
        prompt.watch().read(traceOf(prompt.entry(), event), tenant, nowNanos);
    }

    static void attempted(PendingPrompt prompt, Accepted accepted, GpuLane.Arrival arrival) {
        long offeredNanos = TimeUnit.MILLISECONDS.toNanos(arrival.offeredMs());
        prompt.watch().attempted(new Attempt(accepted.request(), arrival.outcome(), offeredNanos, arrival.seconds()));
    }

    static void forwarded(PendingPrompt prompt, Departure departure, long nowNanos) {
        Rejection rejection = departure.rejection();
        if (rejection == null) {
            prompt.watch().answered(nowNanos);
        } else {
            prompt.watch().rejected(rejection.reason(), rejection.stage(), nowNanos);
        }
    }

    private static PromptWatch.Place place(InboxEntry entry) {
        Origin origin = entry.origin();
        return new PromptWatch.Place(origin.topic(), origin.partition(), origin.offset());
    }

    /** The headers' context, or else the event's. */
    private static @Nullable TraceContext traceOf(InboxEntry entry, @Nullable PromptEvent event) {
        return TraceContext.of(entry.header(HeaderNames.TRACEPARENT), entry.header(HeaderNames.TRACESTATE))
                .or(() -> event == null
                        ? Optional.empty()
                        : TraceContext.of(event.getTraceparent(), event.getTracestate()))
                .orElse(null);
    }
}
