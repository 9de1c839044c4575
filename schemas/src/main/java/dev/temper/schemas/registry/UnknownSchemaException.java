package dev.temper.schemas.registry;

import org.apache.kafka.common.errors.SerializationException;

/** A record names a schema id that the registry does not have, or that is no Avro schema. The record is at fault. */
public final class UnknownSchemaException extends SerializationException {
    private static final long serialVersionUID = 1L;

    public UnknownSchemaException(String message) {
        super(message);
    }

    public UnknownSchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
