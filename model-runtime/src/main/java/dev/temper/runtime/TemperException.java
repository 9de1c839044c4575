package dev.temper.runtime;

/**
 * A setting, a file or a machine is not as it must be. The message says what is wrong, where, and what to do, in one
 * line that can be shown to a user, and holds no prompt or output text. The command line turns it into exit code 2.
 */
public class TemperException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TemperException(String message) {
        super(message);
    }

    public TemperException(String message, Throwable cause) {
        super(message, cause);
    }
}
