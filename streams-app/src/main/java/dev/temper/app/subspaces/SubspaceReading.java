package dev.temper.app.subspaces;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.serde.SerdeFailure;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** What a record of the subspaces topic turned out to be. */
public sealed interface SubspaceReading {

    /** A subspace that may guide the model that it was fitted on. */
    record Valid(SubspaceEvent event, SubspaceVersion version) implements SubspaceReading {
        @Override
        public String toString() {
            return "Valid[" + key(event) + "]";
        }
    }

    /** No subspace that may guide here; whatever is in force stays. */
    record Invalid(Cause cause, String reason) implements SubspaceReading {
        private static final int MAX_CHARACTERS = 300;

        public Invalid {
            reason = reason.length() <= MAX_CHARACTERS ? reason : reason.substring(0, MAX_CHARACTERS) + "…";
        }
    }

    /** Why a record is refused. */
    enum Cause {
        /** It is no event of this kind. */
        UNREADABLE,
        /** What it says cannot be. */
        INVALID,
        /** It is of another model, or of a subspace that is not configured. */
        OTHER_MODEL
    }

    /** A version that its publisher took back. */
    record Withdrawn() implements SubspaceReading {}

    /** A value that is no such event at all. */
    Invalid UNREADABLE = new Invalid(
            Cause.UNREADABLE, "the value is no SubspaceEvent in Confluent wire format that the registry knows");

    /** The record's key: one for each version, so that compaction removes none for the sake of another. */
    static String key(SubspaceEvent event) {
        return event.getName() + "/" + event.getVersion();
    }

    /**
     * Reads a record.
     *
     * @param key the record's key, read as UTF-8
     * @param value the record's value; absent where there is none
     * @throws RuntimeException the deserializer's own, where the registry is at fault and not the record
     */
    static SubspaceReading read(Deserializer<?> deserializer, String topic, String key, byte @Nullable [] value) {
        try {
            Object event = value == null ? null : deserializer.deserialize(topic, value);
            return event == null || event instanceof SubspaceEvent ? of(key, (SubspaceEvent) event) : UNREADABLE;
        } catch (RuntimeException e) {
            if (SerdeFailure.of(e).recordAtFault()) {
                return UNREADABLE;
            }
            throw e;
        }
    }

    /** What an event under this key says; no event withdraws it. */
    static SubspaceReading of(String key, @Nullable SubspaceEvent event) {
        if (event == null) {
            return new Withdrawn();
        }
        if (!event.getVersion().matches("[0-9a-f]{16}")) {
            return invalid("its version must be 16 hexadecimal digits");
        }
        if (!key.equals(key(event))) {
            return invalid("its key must be '" + key(event) + "': the name, a slash and the version");
        }
        byte[] document = event.getDocument().getBytes(StandardCharsets.UTF_8);
        if (!SubspaceFile.hash(document).equals(event.getHash())) {
            return invalid("its hash is not its document's");
        }
        try {
            SubspaceVersion version =
                    new SubspaceVersion(SubspaceFile.parse(document, "the document"), event.getHash());
            return version.subspace().provenance().modelHash().equals(event.getModelHash())
                    ? new Valid(event, version)
                    : invalid("its model_hash is not its document's");
        } catch (TemperException e) {
            return invalid(String.valueOf(e.getMessage()));
        }
    }

    private static Invalid invalid(String reason) {
        return new Invalid(Cause.INVALID, reason);
    }
}
