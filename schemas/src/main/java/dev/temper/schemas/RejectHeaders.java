package dev.temper.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.schemas.event.RejectEvent;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a record on the rejects topic.
 *
 * <table>
 *   <caption>A rejected prompt</caption>
 *   <tr><td>key, value</td><td>the prompt's original bytes, readable or not, so that it can be played again</td></tr>
 *   <tr><td>headers</td><td>the prompt's original headers</td></tr>
 *   <tr><td>{@code __streams.errors.*}</td><td>as Kafka Streams' own dead-letter queue writes them, so that its tools
 *     read this topic too</td></tr>
 *   <tr><td>{@code temper.reject}</td><td>a {@link RejectEvent} in Confluent wire format, under the rejects topic's
 *     value subject</td></tr>
 * </table>
 *
 * <p>A prompt that was played again and rejected again carries the newest reject only.
 */
public final class RejectHeaders {

    private RejectHeaders() {}

    /**
     * Adds to a prompt's original headers what says why it was rejected. The stack trace is left to the log.
     *
     * @param headers the reject record's headers, which hold the prompt's already
     * @param topic the rejects topic: names the subject under which the event's schema stands
     * @param cause what was thrown, absent where failure was a value; only its class is shown, since its message may
     *     quote the prompt
     */
    public static void write(
            Headers headers,
            String topic,
            RejectEvent event,
            Serializer<? super RejectEvent> serializer,
            @Nullable Throwable cause) {
        put(headers, HeaderNames.ERROR_EXCEPTION, exceptionName(event, cause));
        put(headers, HeaderNames.ERROR_MESSAGE, event.getDetail());
        headers.remove(HeaderNames.ERROR_STACKTRACE);
        put(headers, HeaderNames.ERROR_TOPIC, event.getSource().getTopic());
        put(
                headers,
                HeaderNames.ERROR_PARTITION,
                String.valueOf(event.getSource().getPartition()));
        put(headers, HeaderNames.ERROR_OFFSET, String.valueOf(event.getSource().getOffset()));
        headers.remove(HeaderNames.REJECT).add(HeaderNames.REJECT, serializer.serialize(topic, event));
    }

    /**
     * The reject event of a record on the rejects topic; empty on a record that Kafka Streams itself put there.
     *
     * @throws SerializationException if the header is there and cannot be read
     */
    public static Optional<RejectEvent> read(
            Headers headers, String topic, Deserializer<? extends RejectEvent> deserializer) {
        Header header = headers.lastHeader(HeaderNames.REJECT);
        return header == null ? Optional.empty() : Optional.ofNullable(deserializer.deserialize(topic, header.value()));
    }

    private static String exceptionName(RejectEvent event, @Nullable Throwable cause) {
        return cause == null
                ? "dev.temper.reject." + event.getReason()
                : cause.getClass().getName();
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(UTF_8));
    }
}
