package dev.temper.app.moderation.query;

import org.apache.kafka.streams.KafkaStreams;

/** A question that has no answer: a status of HTTP, and a line that says what, where, what to do. */
public final class PageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String line;

    public PageException(int status, String line) {
        super(line);
        this.status = status;
        this.line = line;
    }

    public int status() {
        return status;
    }

    public String line() {
        return line;
    }

    /**
     * The stores are not there.
     *
     * @param state of the application that has them: whether they will be, or not any more
     */
    static PageException away(KafkaStreams.State state) {
        return new PageException(
                503,
                state.hasStartedOrFinishedShuttingDown()
                        ? "the page's memory does not run; the service's log says why, and its next start begins it anew"
                        : "the page's memory is being restored, or moves between instances; ask again in some seconds");
    }
}
