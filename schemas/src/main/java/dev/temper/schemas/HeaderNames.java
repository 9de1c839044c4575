package dev.temper.schemas;

/** Names of record headers. All values are UTF-8 text, except that of {@link #REJECT}. */
public final class HeaderNames {

    // CloudEvents 1.0, Kafka protocol binding, binary mode; fresh on every output.
    public static final String CE_ID = "ce_id";
    public static final String CE_SOURCE = "ce_source";
    public static final String CE_TYPE = "ce_type";
    public static final String CE_TIME = "ce_time";
    public static final String CE_SPECVERSION = "ce_specversion";
    /** What a CloudEvent in binary mode says of its value. */
    public static final String CONTENT_TYPE = "content-type";

    // W3C trace context; carried from the prompt to whatever answers it.
    public static final String TRACEPARENT = "traceparent";
    public static final String TRACESTATE = "tracestate";

    // Kafka Streams' own dead-letter queue.
    public static final String ERROR_EXCEPTION = "__streams.errors.exception";
    public static final String ERROR_MESSAGE = "__streams.errors.message";
    public static final String ERROR_STACKTRACE = "__streams.errors.stacktrace";
    public static final String ERROR_TOPIC = "__streams.errors.topic";
    public static final String ERROR_PARTITION = "__streams.errors.partition";
    public static final String ERROR_OFFSET = "__streams.errors.offset";

    /** A {@code RejectEvent} in Confluent wire format; see {@link RejectHeaders}. */
    public static final String REJECT = "temper.reject";

    private HeaderNames() {}
}
