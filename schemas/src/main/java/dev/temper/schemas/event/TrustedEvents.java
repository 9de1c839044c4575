package dev.temper.schemas.event;

import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.NullMarked;

/**
 * Tells Avro that it may make instances of this package's classes. Since 1.12.2 Avro makes none that it was not told
 * of; telling it here spares every program a system property. What was allowed before stays allowed.
 */
@NullMarked
public final class TrustedEvents {

    static {
        String trusted = TrustedEvents.class.getPackageName();
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), type -> type.getPackageName()
                        .equals(trusted)));
    }

    private TrustedEvents() {}

    /** Does it, once; to be called before Avro looks for a class by the name in a schema. */
    public static void allow() {
        // The static initialiser has done it.
    }
}
