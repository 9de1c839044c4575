package dev.temper.app.topology;

/** The registry is needed and cannot help just now. Says nothing about the record at hand, which waits. */
final class RegistryOutageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryOutageException(Throwable cause) {
        super(
                "the schema registry cannot be asked just now ("
                        + cause.getClass().getSimpleName() + ")",
                cause);
    }
}
