package dev.temper.sandbox.registry;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One line of the registry's file: something that was accepted, in the order of acceptance. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RegistryEntry.Registered.class, name = "schema"),
    @JsonSubTypes.Type(value = RegistryEntry.CompatibilitySet.class, name = "compatibility"),
    @JsonSubTypes.Type(value = RegistryEntry.ModeSet.class, name = "mode")
})
sealed interface RegistryEntry {
    /** The subject that stands for all subjects without a setting of their own. */
    String GLOBAL = "";

    /**
     * A version of a subject.
     *
     * @param version counted from 1 within the subject
     * @param id the schema's id, the same for the same schema in every subject
     * @param schema the schema as canonical JSON text
     */
    record Registered(String subject, int version, int id, String schema, List<Reference> references)
            implements RegistryEntry {
        public Registered {
            references = List.copyOf(references);
            if (version < 1 || id < 1) {
                throw new IllegalArgumentException("version and id must be at least 1, not " + version + ", " + id);
            }
        }
    }

    /** A compatibility level, of a subject or {@link #GLOBAL}. */
    record CompatibilitySet(String subject, Compatibility level) implements RegistryEntry {}

    /** A mode, of a subject or {@link #GLOBAL}. */
    record ModeSet(String subject, Mode mode) implements RegistryEntry {}

    /** Whether schemas may be registered. */
    enum Mode {
        READWRITE,
        READONLY
    }

    /** Another subject's version, whose types a schema uses by name. */
    record Reference(String name, String subject, int version) {}
}
