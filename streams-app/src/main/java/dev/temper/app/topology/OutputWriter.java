package dev.temper.app.topology;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import dev.temper.app.observe.TraceContext;
import dev.temper.app.topology.EventMapping.Answer;
import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.schemas.CloudEventTypes;
import dev.temper.schemas.HeaderNames;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Outcomes as records that are ready to be sent: serialised, with headers, and known to fit. A record that turned out
 * too large only when it is sent would stop the whole transaction, its neighbours included. Changes nothing; may be asked
 * again after a {@link RegistryOutageException}.
 */
final class OutputWriter {
    private static final Logger LOG = LoggerFactory.getLogger(OutputWriter.class);

    /**
     * Room that is kept beside an original record for what a reject adds to it: the event with the key as text, the
     * detail twice, names, coordinates, the trace context.
     */
    static final int REJECT_ROOM_BYTES = 13_000;

    private static final int MAX_DETAIL_CHARACTERS = 500;

    private final EventCodec codec;
    private final EventMapping mapping;
    private final TopicsConfig topics;
    private final String source;
    private final int maxRecordBytes;

    OutputWriter(EventCodec codec, EventMapping mapping, SidecarConfig config) {
        this.codec = codec;
        this.mapping = mapping;
        this.topics = config.topics();
        this.source = "/temper/" + config.streamsProperties().get("application.id");
        this.maxRecordBytes = config.limits().maxRecordBytes();
    }

    /** The result, and a flagged event where the verdict wants one; or a reject, where they would not fit. */
    Departure answer(Answer answer, int attempts, @Nullable TraceContext trace) {
        List<Record<byte[], Output>> outputs = new ArrayList<>(2);
        outputs.add(event(
                answer, Output.Way.RESULTS, topics.results(), CloudEventTypes.RESULT, mapping.result(answer), trace));
        if (answer.verdict().flagged()) {
            outputs.add(event(
                    answer,
                    Output.Way.FLAGGED,
                    topics.flagged(),
                    CloudEventTypes.FLAGGED,
                    mapping.flagged(answer),
                    trace));
        }
        for (Record<byte[], Output> output : outputs) {
            int size = InboxEntry.sizeOf(output.key(), output.value().value(), output.headers());
            if (size > maxRecordBytes) {
                Rejection tooLarge = new Rejection(
                        answer.prompt().event(),
                        RejectReason.RECORD_TOO_LARGE,
                        Stage.OUTPUT,
                        "its " + output.value().way() + " record would have " + size
                                + " bytes, more than limits.max_record_bytes; shorten the prompt or the answer",
                        null);
                return reject(answer.entry(), tooLarge, attempts, answer.completedAt(), trace);
            }
        }
        return new Departure(outputs, null);
    }

    /** The original record with the reason in its headers; one that is played again stays in its trace. */
    Departure reject(InboxEntry entry, Rejection rejection, int attempts, Instant now, @Nullable TraceContext trace) {
        Rejection brief = new Rejection(
                rejection.event(), rejection.reason(), rejection.stage(), brief(rejection.detail()), rejection.cause());
        RejectEvent event = mapping.reject(entry, brief, attempts, now);
        Headers headers = entry.copyOfHeaders();
        try {
            RejectHeaders.write(headers, topics.rejects(), event, codec.serializer(), brief.cause());
        } catch (RegistryOutageException e) {
            throw e;
        } catch (RuntimeException e) {
            // A defect. The reject must not be lost for it: Kafka's own headers, which are written first, say enough.
            LOG.error(
                    "the reject event of {} could not be written: {}",
                    entry.origin(),
                    e.getClass().getName());
        }
        putTrace(headers, trace);
        Output output = new Output(Output.Way.REJECTS, entry.value());
        return new Departure(List.of(new Record<>(entry.key(), output, entry.timestampMs(), headers)), rejection);
    }

    private Record<byte[], Output> event(
            Answer answer,
            Output.Way way,
            String topic,
            String type,
            SpecificRecord event,
            @Nullable TraceContext trace) {
        InboxEntry entry = answer.entry();
        Headers headers = new RecordHeaders();
        Origin.Use use = way == Output.Way.RESULTS ? Origin.Use.RESULT : Origin.Use.FLAGGED;
        put(headers, HeaderNames.CE_ID, entry.origin().id(use).toString());
        put(headers, HeaderNames.CE_SOURCE, source);
        put(headers, HeaderNames.CE_TYPE, type);
        put(headers, HeaderNames.CE_TIME, answer.completedAt().toString());
        put(headers, HeaderNames.CE_SPECVERSION, CloudEventTypes.SPECVERSION);
        put(headers, HeaderNames.CONTENT_TYPE, CloudEventTypes.AVRO_CONTENT_TYPE);
        putTrace(headers, trace);
        return new Record<>(
                entry.key(), new Output(way, codec.serializer().serialize(topic, event)), entry.timestampMs(), headers);
    }

    /** In place of another that is there: the two headers belong together. */
    private static void putTrace(Headers headers, @Nullable TraceContext trace) {
        if (trace == null || isThere(headers, trace)) {
            return;
        }
        headers.remove(HeaderNames.TRACEPARENT).remove(HeaderNames.TRACESTATE);
        put(headers, HeaderNames.TRACEPARENT, trace.traceparent());
        put(headers, HeaderNames.TRACESTATE, trace.tracestate());
    }

    /** Where nobody traces, a reject's own headers stay as they are. */
    private static boolean isThere(Headers headers, TraceContext trace) {
        Header found = headers.lastHeader(HeaderNames.TRACEPARENT);
        return found != null && Arrays.equals(found.value(), trace.traceparent().getBytes(StandardCharsets.UTF_8));
    }

    private static void put(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String brief(String detail) {
        return detail.length() <= MAX_DETAIL_CHARACTERS ? detail : detail.substring(0, MAX_DETAIL_CHARACTERS) + "…";
    }
}
