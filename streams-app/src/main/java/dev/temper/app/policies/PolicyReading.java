package dev.temper.app.policies;

import dev.temper.app.policy.Policy;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.serde.SerdeFailure;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** What a record of the policies topic turned out to be. */
public sealed interface PolicyReading {

    /** A policy that may judge. */
    record Valid(Policy policy) implements PolicyReading {}

    /**
     * No policy; whatever is in force stays.
     *
     * @param reason what is wrong, free of phrases; cut to 300 characters, since names in the record
     *     that it repeats may be of any length
     */
    record Invalid(String reason) implements PolicyReading {
        private static final int MAX_CHARACTERS = 300;

        public Invalid {
            reason = reason.length() <= MAX_CHARACTERS ? reason : reason.substring(0, MAX_CHARACTERS) + "…";
        }
    }

    /** A value that is no policy at all. */
    Invalid UNREADABLE = new Invalid("the value is no PolicyEvent in Confluent wire format that the registry knows");

    /** A version that its publisher took back. */
    record Withdrawn() implements PolicyReading {}

    /**
     * Reads a record.
     *
     * @param key the record's key, read as UTF-8
     * @param value the record's value; absent where there is none
     * @throws RuntimeException the deserializer's own, where the registry is at fault and not the record
     */
    static PolicyReading read(Deserializer<?> deserializer, String topic, String key, byte @Nullable [] value) {
        try {
            Object event = value == null ? null : deserializer.deserialize(topic, value);
            return event == null || event instanceof PolicyEvent ? of(key, (PolicyEvent) event) : UNREADABLE;
        } catch (RuntimeException e) {
            if (SerdeFailure.of(e).recordAtFault()) {
                return UNREADABLE;
            }
            throw e;
        }
    }

    /** What an event under this key says; no event withdraws it. */
    static PolicyReading of(String key, @Nullable PolicyEvent event) {
        if (event == null) {
            return new Withdrawn();
        }
        try {
            Policy policy = PolicyEvents.policy(event);
            String due = PolicyEvents.key(policy);
            return key.equals(due)
                    ? new Valid(policy)
                    : new Invalid("its key must be '" + due + "': the tenant, a slash and the version");
        } catch (IllegalArgumentException e) {
            return new Invalid(String.valueOf(e.getMessage()));
        }
    }
}
