package dev.temper.schemas.registry;

import org.apache.kafka.common.KafkaException;

/**
 * The registry answered and said no: wrong credentials, an incompatible schema, an unknown subject. Asking again does
 * not help; somebody has to change a setting or a schema.
 */
public final class RegistryRefusedException extends KafkaException {
    private static final long serialVersionUID = 1L;

    /** The registry's error codes that this client tells apart. */
    static final int SUBJECT_NOT_FOUND = 40401;

    static final int VERSION_NOT_FOUND = 40402;
    static final int SCHEMA_NOT_FOUND = 40403;
    static final int SUBJECT_CONFIG_NOT_FOUND = 40408;

    private final int status;
    private final int errorCode;

    RegistryRefusedException(String message, int status, int errorCode) {
        super(message);
        this.status = status;
        this.errorCode = errorCode;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The registry's own code, 40403 for one; 0 where the answer had none. */
    public int errorCode() {
        return errorCode;
    }

    /** Whether the registry itself, not a proxy before it, said that this subject, version or schema is not there. */
    public boolean notFound() {
        return errorCode == SUBJECT_NOT_FOUND || errorCode == VERSION_NOT_FOUND || errorCode == SCHEMA_NOT_FOUND;
    }
}
