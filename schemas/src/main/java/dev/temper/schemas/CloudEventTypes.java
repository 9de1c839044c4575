package dev.temper.schemas;

/** Values of {@link HeaderNames#CE_TYPE} and its companions. A change of meaning gets a new version at the end. */
public final class CloudEventTypes {

    public static final String SPECVERSION = "1.0";

    /** Content type of the value. */
    public static final String AVRO_CONTENT_TYPE = "application/avro";

    public static final String PROMPT = "dev.temper.prompt.v1";
    public static final String RESULT = "dev.temper.result.v1";
    public static final String FLAGGED = "dev.temper.flagged.v1";
    public static final String REJECT = "dev.temper.reject.v1";

    private CloudEventTypes() {}
}
