package dev.temper.schemas.registry;

/**
 * A schema's use of a type that is registered on its own.
 *
 * @param name full name of the type
 * @param subject the subject under which the type is registered
 * @param version the version that is meant, at least 1
 */
public record SchemaReference(String name, String subject, int version) {
    public SchemaReference {
        if (version < 1) {
            throw new IllegalArgumentException("a schema reference's version must be at least 1, not " + version);
        }
    }
}
