package dev.temper.schemas.serde;

import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.UnknownSchemaException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * What a serde's exception means, the built-in serdes' and Confluent's alike. Only when the record is at fault may it
 * be rejected; otherwise a registry outage or an expired password would empty the prompts topic into the rejects topic.
 */
public enum SerdeFailure {
    /** The bytes are not what they claim to be. */
    UNREADABLE_RECORD(true, false),
    /** The registry does not have the record's schema. */
    UNKNOWN_SCHEMA(true, false),
    /** The registry gave no answer: the same record may succeed later. */
    REGISTRY_UNAVAILABLE(false, true),
    /** The registry, or the configuration, says no to every record: somebody has to act. */
    REGISTRY_REFUSED(false, false);

    private static final String CONFLUENT_REST_EXCEPTION = "RestClientException";
    private static final int SCHEMA_NOT_FOUND = 40403;

    private final boolean recordAtFault;
    private final boolean retriable;

    SerdeFailure(boolean recordAtFault, boolean retriable) {
        this.recordAtFault = recordAtFault;
        this.retriable = retriable;
    }

    /** Whether the record itself is bad and may be rejected. */
    public boolean recordAtFault() {
        return recordAtFault;
    }

    /** Whether the same record may succeed later. */
    public boolean retriable() {
        return retriable;
    }

    /** Judges by the first cause in the chain that tells; what tells nothing counts against the record. */
    public static SerdeFailure of(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (cause instanceof RetriableException || cause instanceof InterruptException) {
                return REGISTRY_UNAVAILABLE;
            }
            if (cause instanceof UnknownSchemaException) {
                return UNKNOWN_SCHEMA;
            }
            if (cause.getClass().getSimpleName().equals(CONFLUENT_REST_EXCEPTION)) {
                return ofConfluent(cause);
            }
            if (cause instanceof IOException && isNetwork(cause)) {
                return REGISTRY_UNAVAILABLE;
            }
            if (refuses(cause)) {
                return REGISTRY_REFUSED;
            }
        }
        return UNREADABLE_RECORD;
    }

    /** Kafka's ApiExceptions that are not retriable: Confluent's way to report settings and credentials. */
    private static boolean refuses(Throwable cause) {
        return cause instanceof RegistryRefusedException
                || cause instanceof ConfigException
                || (cause instanceof ApiException && !(cause instanceof SerializationException));
    }

    /** Avro reports malformed bytes as IOExceptions too: as EOFException, or as classes of its own. */
    private static boolean isNetwork(Throwable cause) {
        return !(cause instanceof EOFException)
                && !(cause instanceof java.io.CharConversionException)
                && !cause.getClass().getName().startsWith("org.apache.avro.")
                && !thrownByAvro(cause);
    }

    private static boolean thrownByAvro(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith("org.apache.avro.");
    }

    /** Read by reflection, since nothing here compiles against Confluent's classes. */
    private static SerdeFailure ofConfluent(Throwable cause) {
        int status = number(cause, "getStatus");
        int errorCode = number(cause, "getErrorCode");
        if (errorCode == SCHEMA_NOT_FOUND) {
            return UNKNOWN_SCHEMA;
        }
        return status >= 500 || status == 408 || status == 429 ? REGISTRY_UNAVAILABLE : REGISTRY_REFUSED;
    }

    private static int number(Throwable cause, String method) {
        try {
            return cause.getClass().getMethod(method).invoke(cause) instanceof Integer number ? number : 0;
        } catch (ReflectiveOperationException e) {
            return 0;
        }
    }
}
